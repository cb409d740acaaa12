import { expect } from 'vitest'
import { type AidpContract, aidpOperations } from '../../contract/aidp/aidp-contract.ts'
import type { AidpAnswer, AidpWorld, Fields, Place } from './aidp-world.ts'
import { answerProblems } from './answer-shape.ts'
import { caseOf } from './operation-cases.ts'

/** The operations that a test is made for each of, by their names. */
export const operationsWith = (filter: (operation: AidpContract) => boolean = () => true) =>
  aidpOperations.filter(filter).map((operation) => [operation.id, operation] as const)

export const takesToken = ({ requestHeaders }: AidpContract) => requestHeaders.includes('opc-retry-token')
export const hasBody = ({ method }: AidpContract) => method === 'POST' || method === 'PUT'
export const hasEtag = ({ responseHeaders, requestHeaders }: AidpContract) =>
  responseHeaders.includes('etag') || requestHeaders.includes('if-match')

/** Something new for an operation to work on, and whether it stays as it is. */
export async function prepareFor(world: AidpWorld, id: string) {
  const given = caseOf(id)
  const request = await given.prepare(world)
  const state = async () => given.state?.(world, request)
  const before = await state()
  return {
    given,
    request,
    state,
    expectEffect: async () => {
      if (given.state !== undefined) expect(await state()).not.toEqual(before)
    },
    expectNoEffect: async () => expect(await state()).toEqual(before),
  }
}

export function expectError({ status, body, headers, text }: AidpAnswer, expected: number, code: string): void {
  expect([status, body.code], text.slice(0, 400)).toEqual([expected, code])
  expect(Object.keys(body).sort(), text).toEqual(['code', 'error_code', 'message'])
  expect(body.message, text).toMatch(/./)
  expect(headers['opc-request-id']).toMatch(/^[\w-]*\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
  expect(headers['etag']).toBeUndefined()
}

export function expectSuccess(operation: AidpContract, answer: AidpAnswer): void {
  expect(answer.status, answer.text).toBe(operation.status)
  expect(answerProblems(operation, answer)).toEqual([])
}

/** An error without the names of things, which come from the request. */
export function anonymous(answer: AidpAnswer, request: Fields, ...places: readonly Place[]): unknown {
  const names = [
    ...Object.values(request).filter((value) => typeof value === 'string'),
    ...places.flatMap(({ platform, workspace }) => [platform, workspace]),
  ].sort((a, b) => b.length - a.length)
  const message = names.reduce((text, name) => text.replaceAll(name, '…'), String(answer.body.message))
  return { status: answer.status, ...answer.body, message }
}
