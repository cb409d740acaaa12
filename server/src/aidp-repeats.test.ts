import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestFields } from './contract/aidp/aidp-contract.ts'
import { type AidpAnswer, type AidpWorld, startAidpWorld } from './testing/aidp/aidp-world.ts'
import { caseOf } from './testing/aidp/operation-cases.ts'
import {
  expectError,
  expectSuccess,
  hasEtag,
  operationsWith,
  prepareFor,
  takesToken,
} from './testing/aidp/operation-checks.ts'
import { databases } from './testing/databases.ts'

const stale = { 'if-match': '"999999"' }

describe.each(databases)('repeats, conditions and pages of AIDP on %s', (engine) => {
  let world: AidpWorld
  beforeAll(async () => {
    world = await startAidpWorld(engine)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  describe('retry tokens', () => {
    test.each(operationsWith(takesToken))('%s takes one', async (id, operation) => {
      const { given, request, state, expectEffect, expectNoEffect } = await prepareFor(world, id)
      for (const token of ['', 'x'.repeat(65)]) {
        const wrong = { headers: { 'opc-retry-token': token } }
        expectError(await world.call(id, request, wrong), 400, 'InvalidParameter')
      }
      await expectNoEffect()
      const headers = { 'opc-retry-token': `token-${world.next()}` }
      // What has failed is not kept.
      if (given.absent !== undefined) {
        const nothing = { ...request, ...given.absent }
        expectError(await world.call(id, nothing, { headers }), 404, 'NotAuthorizedOrNotFound')
      }
      const first = await world.call(id, request, { headers })
      expectSuccess(operation, first)
      await expectEffect()
      const after = await state()
      expect(said(await world.call(id, request, { headers }))).toEqual(said(first))
      const { status, text } = await world.call(id, request, { headers, version: '/api/20260430' })
      expect({ status, text }).toEqual({ status: first.status, text: first.text })
      expect(await state()).toEqual(after)
      const other = await (given.other?.(world, request) ?? given.prepare(world))
      const unchanged = await given.state?.(world, other)
      expectError(await world.call(id, other, { headers }), 409, 'Conflict')
      expect(await given.state?.(world, other)).toEqual(unchanged)
      const independent = await world.call(id, other, { headers, as: world.second })
      expectSuccess(operation, independent)
      if (given.state !== undefined) expect(await given.state(world, other)).not.toEqual(unchanged)
    })

    test.each(operationsWith(({ id }) => caseOf(id).remove !== undefined))(
      '%s: the token of what was made and is gone',
      async (id, operation) => {
        const { given, request } = await prepareFor(world, id)
        const headers = { 'opc-retry-token': `token-${world.next()}` }
        const first = await world.call(id, request, { headers })
        expectSuccess(operation, first)
        await given.remove?.(world, first.body)
        expectError(await world.call(id, request, { headers }), 409, 'InvalidatedRetryToken')
      },
    )

    test.each(operationsWith((operation) => !takesToken(operation)))('%s ignores one', async (id, operation) => {
      const { request, expectEffect } = await prepareFor(world, id)
      const headers = { 'opc-retry-token': 'x'.repeat(65) }
      expectSuccess(operation, await world.call(id, request, { headers }))
      await expectEffect()
      const other = await caseOf(id).prepare(world)
      expectSuccess(operation, await world.call(id, other, { headers }))
    })
  })

  describe('if-match', () => {
    test.each(operationsWith(hasEtag))('%s keeps it', async (id, operation) => {
      const { given, request, expectEffect, expectNoEffect } = await prepareFor(world, id)
      expectError(await world.call(id, request, { headers: stale }), 412, 'NoEtagMatch')
      await expectNoEffect()
      if (given.etag === undefined) return
      const headers = { 'if-match': await given.etag(world, request) }
      expectSuccess(operation, await world.call(id, request, { headers }))
      await expectEffect()
    })

    test.each(operationsWith((operation) => !hasEtag(operation)))(
      '%s, which has no etag, ignores it',
      async (id, operation) => {
        const { request, expectEffect } = await prepareFor(world, id)
        expectSuccess(operation, await world.call(id, request, { headers: stale }))
        await expectEffect()
      },
    )
  })

  describe('pages', () => {
    test.each(operationsWith(({ profile }) => profile === 'L'))(
      '%s',
      async (id, operation) => {
        const { pages } = caseOf(id)
        if (pages === undefined) throw new Error(`${id} has no pages to try`)
        const { request, size, list, count, otherQuery } = await pages(world)
        const field = requestFields(operation).some(({ name }) => name === 'page') ? 'page' : 'page_token'
        const items: unknown[] = []
        let answer = await world.call(id, { ...request, ...size })
        const token = answer.headers['opc-next-page']
        let number = 1
        for (; number < 100; number++) {
          expectSuccess(operation, answer)
          items.push(...answer.body[list])
          const next = answer.headers['opc-next-page']
          if (field === 'page_token') expect(answer.body.next_page_token).toBe(next)
          if (next === undefined) break
          expect(next).toMatch(/^[\w.-]+$/)
          answer = await world.call(id, { ...request, ...size, [field]: next })
        }
        expect(number).toBeGreaterThanOrEqual(3)
        expect(items).toHaveLength(count)
        expect(new Set(items.map((item) => JSON.stringify(item, withBigints))).size).toBe(count)
        if (Object.keys(size).length > 0) expect((await world.call(id, request)).body[list]).toEqual(items)

        const withToken = { ...request, ...size, [field]: token }
        expect(token).toBeDefined()
        expectError(await world.call(id, withToken, { as: world.second }), 400, 'InvalidParameter')
        for (const altered of [`x${token}`, `${token}x`, `${token}`.slice(1), 'eyJhIjoxfQ', '5', flipped(`${token}`)]) {
          expectError(await world.call(id, { ...withToken, [field]: altered }), 400, 'InvalidParameter')
        }
        const places =
          operation.mount === 'workspace' ? [world.otherWorkspace, world.otherPlatform] : [world.otherPlatform]
        for (const place of places) {
          const foreign = await world.call(id, withToken, { place })
          const isGone = foreign.status === 404 && caseOf(id).absent !== undefined
          expectError(foreign, isGone ? 404 : 400, isGone ? 'NotAuthorizedOrNotFound' : 'InvalidParameter')
        }
        const another = { ...otherQuery, ...size, [field]: token }
        expectError(await world.call(id, another), 400, 'InvalidParameter')
      },
      30_000,
    )
  })
})

/** What an answer says, without what differs from one request to the next. */
function said({ status, text, headers }: AidpAnswer): unknown {
  const { 'opc-request-id': _id, date: _date, ...others } = headers
  return { status, text, headers: others }
}

const withBigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

function flipped(token: string): string {
  const middle = Math.floor(token.length / 2)
  return `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`
}
