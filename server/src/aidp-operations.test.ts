import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './app.ts'
import { aidpOperation, aidpOperations, requestFields } from './contract/aidp/aidp-contract.ts'
import { bodyLimitOf } from './http/body-limit.ts'
import { type AidpWorld, startAidpWorld } from './testing/aidp/aidp-world.ts'
import { badValues } from './testing/aidp/bad-values.ts'
import { pick } from './testing/aidp/operation-case.ts'
import { caseOf, operationCases } from './testing/aidp/operation-cases.ts'
import {
  expectError,
  expectSuccess,
  hasBody,
  operationsWith,
  prepareFor,
  takesToken,
} from './testing/aidp/operation-checks.ts'
import { declaredOperations } from './testing/aidp-parity.ts'
import { databases } from './testing/databases.ts'

/** Whether a change that changes nothing counts as a revision is the features' own affair. */
function withoutEtag(state: unknown): unknown {
  if (typeof state !== 'object' || state === null || !('etag' in state)) return state
  return { ...state, etag: undefined }
}

/** One request after the other at every operation of AIDP; what they are tried with is in `testing/aidp`. */
describe.each(databases)('operations of AIDP on %s', (engine) => {
  let world: AidpWorld
  beforeAll(async () => {
    world = await startAidpWorld(engine)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  describe('success', () => {
    test.each(operationsWith())('%s', async (id, operation) => {
      const { given, request, expectEffect } = await prepareFor(world, id)
      const answer = await world.call(id, request, { headers: { 'opc-request-id': 'matrix-1' } })
      expectSuccess(operation, answer)
      expect(answer.headers['opc-request-id']).toMatch(/^matrix-1\//)
      if (given.shows !== undefined) expect(answer.body).toMatchObject(given.shows(request) as object)
      await expectEffect()
    })
  })

  describe('members of no meaning, null, the header of old clients and the other prefix', () => {
    test.each(operationsWith())('%s', async (id, operation) => {
      const { request, expectEffect } = await prepareFor(world, id)
      const absent = requestFields(operation).filter(({ name }) => request[name] === undefined)
      const nothing = Object.fromEntries(absent.map(({ name }) => [name, null]))
      const unknown = hasBody(operation) ? { no_such_member: { a: [1] }, NoSuchMember: 'x' } : {}
      const answer = await world.call(
        id,
        { ...nothing, ...unknown, ...request },
        { version: '/api/20260430', query: { no_such_parameter: 'x' }, headers: { 'dh-user-principal': 'somebody' } },
      )
      expect(answer.status, answer.text).toBe(operation.status)
      await expectEffect()
    })
  })

  describe('bodies', () => {
    test.each(operationsWith(hasBody))(
      '%s',
      async (id, operation) => {
        const { request, expectNoEffect } = await prepareFor(world, id)
        const inPath = pick(
          request,
          [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)),
        )
        expectError(await world.call(id, inPath, { payload: '{' }), 400, 'CannotParseRequest')
        expectError(await world.call(id, inPath, { payload: '[]' }), 400, 'CannotParseRequest')
        expectError(
          await world.call(id, request, { headers: { 'content-type': 'text/plain' } }),
          400,
          'CannotParseRequest',
        )
        const padding = ' '.repeat(bodyLimitOf(id, 100_000_000) + 1)
        expectError(await world.call(id, inPath, { payload: padding }), 413, 'PayloadTooLarge')
        await expectNoEffect()
        const none = await world.call(id, inPath, { payload: '' })
        const empty = await world.call(id, inPath, { payload: '{}' })
        expect([none.status, none.body.code], none.text).toEqual([empty.status, empty.body.code])
        const wanted = requestFields(operation).some(({ required }) => required)
        if (wanted) expectError(none, 400, 'MissingParameter')
      },
      30_000,
    )
  })

  describe('the same again, without a retry token', () => {
    test.each(operationsWith(({ id }) => caseOf(id).again !== undefined))('%s', async (id, operation) => {
      const { given, request, state } = await prepareFor(world, id)
      expectSuccess(operation, await world.call(id, request))
      const after = await state()
      const again = await world.call(id, request)
      if (given.again === 'succeeds') expectSuccess(operation, again)
      else expectError(again, 404, 'NotAuthorizedOrNotFound')
      expect(withoutEtag(await state())).toEqual(withoutEtag(after))
    })
  })

  describe('another method', () => {
    test.each(operationsWith())('%s', async (id, { path }) => {
      const { request, expectNoEffect } = await prepareFor(world, id)
      const method = path === '/workspaces/{workspaceKey}' ? 'POST' : 'PUT'
      const answer = await world.call(id, request, { method })
      expectError(answer, 405, 'MethodNotAllowed')
      expect(answer.headers['allow']).toContain(aidpOperation(id).method)
      await expectNoEffect()
    })
  })

  describe('bad input', () => {
    test.each(operationsWith())(
      '%s',
      async (id, operation) => {
        const { request, expectNoEffect } = await prepareFor(world, id)
        const problems: string[] = []
        for (const field of requestFields(operation)) {
          for (const { path, value, code } of badValues(field, !hasBody(operation), request[field.name])) {
            const answer = await world.call(id, { ...request, [field.name]: value })
            const { body, text } = answer
            if (answer.status === 400 && body.code === code && String(body.message).includes(path)) continue
            const shown = JSON.stringify(value)?.slice(0, 60)
            problems.push(`${path} = ${shown}: ${answer.status} instead of ${code}: ${text.slice(0, 200)}`)
          }
        }
        expect(problems).toEqual([])
        await expectNoEffect()
      },
      60_000,
    )
  })
})

test('every operation of the contract that this server has is tried', () => {
  expect(Object.keys(operationCases).sort()).toEqual(aidpOperations.map(({ id }) => id).sort())
  expect(
    declaredOperations(handlers)
      .map(({ operation }) => operation.operation)
      .sort(),
  ).toEqual(Object.keys(operationCases).sort())
  for (const { id, profile, requestHeaders } of aidpOperations) {
    const given = caseOf(id)
    if (profile === 'L') expect(given.pages, id).toBeDefined()
    if (requestHeaders.includes('opc-retry-token')) expect(given.state, id).toBeDefined()
    if (/^create/.test(id)) expect(given.remove, id).toBeDefined()
    const namesTarget = given.absent !== undefined || given.hides !== undefined
    if (!namesTarget)
      expect(id).toMatch(/^(create(Experiment|RegisteredModel|Workspace)|manageCreateWorkspacePermission)$/)
  }
})

test('a documented refusal of its own is tried for every operation that has one', () => {
  const own = ['Conflict', 'NotAuthorizedOrResourceAlreadyExists', 'RelatedResourceNotAuthorizedOrNotFound']
  for (const { id, errors } of aidpOperations) {
    const tried = new Set(Object.values(caseOf(id).refusals ?? {}).map(({ code }) => code))
    for (const code of Object.values(errors).flat()) {
      // A conflict is what a retry token with another body comes to, too.
      if (own.includes(code) && !(code === 'Conflict' && takesToken(aidpOperation(id)))) {
        expect([...tried], `${id} ${code}`).toContain(code)
      }
    }
  }
})
