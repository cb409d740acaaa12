import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './app.ts'
import { aidpOperation, aidpOperations } from './contract/aidp/aidp-contract.ts'
import type { Permission } from './contract/endpoint.ts'
import { type AidpWorld, type Fields, startAidpWorld } from './testing/aidp/aidp-world.ts'
import { caseOf } from './testing/aidp/operation-cases.ts'
import { anonymous, expectError, operationsWith, prepareFor } from './testing/aidp/operation-checks.ts'
import { declaredOperations } from './testing/aidp-parity.ts'
import { databases } from './testing/databases.ts'

const permissions = new Map<string, Permission>(
  declaredOperations(handlers).map(({ endpoint, operation }) => [operation.operation, endpoint.permission]),
)
/** What permission on a model is less than what an operation needs. */
const weakerThan: Readonly<Record<string, readonly string[]>> = {
  'model.manage': ['READ'],
  'model.admin': ['READ', 'MANAGE'],
}
const noPlatform = 'ocid1.aidataplatform.local..none'
const noWorkspace = '00000000-0000-4000-8000-000000000000'
const refusals = aidpOperations.flatMap(({ id }) =>
  Object.entries(caseOf(id).refusals ?? {}).map(([what, refusal]) => [id, what, refusal] as const),
)

describe.each(databases)('what operations of AIDP refuse on %s', (engine) => {
  let world: AidpWorld
  beforeAll(async () => {
    world = await startAidpWorld(engine)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  describe('without credentials', () => {
    test.each(operationsWith())('%s', async (id) => {
      const { request, expectNoEffect } = await prepareFor(world, id)
      expectError(await world.call(id, request, { as: null }), 401, 'NotAuthenticated')
      const headers = { authorization: 'Bearer rst_wrong' }
      expectError(await world.call(id, request, { as: null, headers }), 401, 'NotAuthenticated')
      await expectNoEffect()
    })
  })

  describe('with credentials of another platform, by the words for one that does not exist', () => {
    test.each(operationsWith())('%s', async (id) => {
      const { request, expectNoEffect } = await prepareFor(world, id)
      const place = world.otherPlatform
      const nowhere = { ...place, platform: 'ocid1.aidataplatform.local..nowhere' }
      const [foreign, absent] = [
        await world.call(id, request, { as: world.root, place }),
        await world.call(id, request, { as: world.root, place: nowhere }),
      ]
      expectError(foreign, 404, 'NotAuthorizedOrNotFound')
      expect(foreign.text.replaceAll(place.platform, nowhere.platform)).toBe(absent.text)
      await expectNoEffect()
    })
  })

  describe('what is not there, and what belongs to another tenant, by the same words', () => {
    test.each(operationsWith())('%s', async (id, { mount }) => {
      const { given, request, expectNoEffect } = await prepareFor(world, id)
      const { home, otherPlatform, otherWorkspace } = world
      const workspaces = mount === 'workspace' && !given.ofPlatform ? [otherWorkspace] : []
      const places = [home, otherPlatform, otherWorkspace]
      if (given.absent !== undefined) {
        const nothing = { ...request, ...given.absent }
        const absent = await world.call(id, nothing)
        expectError(absent, 404, 'NotAuthorizedOrNotFound')
        for (const place of [otherPlatform, ...workspaces]) {
          const foreign = await world.call(id, { ...request, ...given.elsewhere }, { place })
          expect(anonymous(foreign, request, ...places)).toEqual(anonymous(absent, nothing, ...places))
        }
      }
      if (given.hides !== undefined) {
        for (const place of [otherPlatform, ...workspaces]) {
          const { status, body, text } = await world.call(id, request, { place })
          expect([status, given.hides(body)], text).toEqual([200, true])
        }
        const { status, body, text } = await world.call(id, request)
        expect([status, given.hides(body)], text).toEqual([200, false])
      }
      const nowhere = { ...home, platform: noPlatform }
      expectError(await world.call(id, request, { place: nowhere }), 404, 'NotAuthorizedOrNotFound')
      if (mount === 'workspace') {
        const place = { ...home, workspace: noWorkspace }
        expectError(await world.call(id, request, { place }), 404, 'NotAuthorizedOrNotFound')
      }
      await expectNoEffect()
    })
  })

  describe('without permission', () => {
    test.each(operationsWith())('%s', async (id, { mount }) => {
      const { given, request, state, expectNoEffect } = await prepareFor(world, id)
      const permission = permissions.get(id)
      const answer = await world.call(id, request, { as: world.nobody })
      if (given.hides !== undefined && (permission === 'registry.read' || permission === 'platform.read')) {
        expect([answer.status, given.hides(answer.body)], answer.text).toEqual([200, true])
        return
      }
      expectError(answer, 404, 'NotAuthorizedOrNotFound')
      const elsewhere = { ...world.home, workspace: noWorkspace }
      if (mount === 'workspace') {
        const absent = await world.call(id, request, { place: elsewhere })
        expect(anonymous(answer, request, world.home)).toEqual(anonymous(absent, request, elsewhere))
      } else if (given.absent !== undefined) {
        const nothing = { ...request, ...given.absent }
        expect(anonymous(answer, request, world.home)).toEqual(
          anonymous(await world.call(id, nothing), nothing, world.home),
        )
      }
      await expectNoEffect()
      if (!permission?.startsWith('model.') && !/\.(admin|create)$/.test(`${permission}`)) return
      if (permission !== 'registry.create') {
        expectError(await world.call(id, request, { as: world.member }), 404, 'NotAuthorizedOrNotFound')
      }
      for (const level of weakerThan[`${permission}`] ?? []) {
        const registeredModelKey = request['registeredModelKey'] ?? request['name']
        const assignees = { type: 'USER', targets: [world.member.id] }
        const assignRegisteredModelPermissionDetails = { assignees, permissions: [level] }
        const grant = { registeredModelKey, assignRegisteredModelPermissionDetails }
        await world.make('manageRegisteredModelPermission', grant)
        const before = await state()
        expectError(await world.call(id, request, { as: world.member }), 404, 'NotAuthorizedOrNotFound')
        expect(await state()).toEqual(before)
      }
    })
  })

  describe('refusals', () => {
    test.each(refusals)('%s: %s', async (id, _what, { status, code, spoil, as }) => {
      const { request, state } = await prepareFor(world, id)
      const spoilt = { ...request, ...(await spoil(world, request)) }
      const before = await state()
      const answer = await world.call(id, spoilt, as === undefined ? {} : { as: world[as] })
      expectError(answer, status, code)
      expect(aidpOperation(id).errors[status]).toContain(code)
      expect(await state()).toEqual(before)
    })
  })
})

describe.each(databases)('a caller of AIDP who asks too much on %s', (engine) => {
  let world: AidpWorld
  let requests: Map<string, Fields>
  beforeAll(async () => {
    world = await startAidpWorld(engine, ['--rate-limit', '1', '--rate-burst', '500'])
    requests = new Map()
    for (const { id } of aidpOperations) requests.set(id, await caseOf(id).prepare(world))
    for (let sent = 0; sent < 500; sent++)
      await world.call('getWorkspace', { workspaceKey: 'default' }, { as: world.nobody })
  }, 60_000)
  afterAll(() => world[Symbol.asyncDispose]())

  test.each(operationsWith())('%s', async (id) => {
    // One request a second is let through.
    const ask = () => world.call(id, requests.get(id), { as: world.nobody })
    let answer = await ask()
    for (let again = 0; again < 3 && answer.status !== 429; again++) answer = await ask()
    expectError(answer, 429, 'TooManyRequests')
    expect(answer.headers['retry-after']).toBe('1')
  })
})

describe.each(databases)('a server of AIDP without its database on %s', (engine) => {
  let world: AidpWorld
  let requests: Map<string, Fields>
  beforeAll(async () => {
    world = await startAidpWorld(engine)
    requests = new Map()
    for (const { id } of aidpOperations) requests.set(id, await caseOf(id).prepare(world))
    await world.server.db[Symbol.asyncDispose]()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test.each(operationsWith())('%s', async (id) => {
    const answer = await world.call(id, requests.get(id))
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(500)
    expectError(answer, answer.status, answer.status === 503 ? 'ServiceUnavailable' : 'InternalServerError')
  })
})
