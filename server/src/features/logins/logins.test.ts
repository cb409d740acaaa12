import { describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { platformOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { createGroup } from '../identities/group-service.ts'
import { getGroup, insertMember } from '../identities/group-store.ts'
import { createIdentityDirectory } from '../identities/identity-directory.ts'
import { changeUser } from '../identities/user-service.ts'
import { getUser } from '../identities/user-store.ts'
import type { Person } from './admit-person.ts'
import { createLogins } from './logins.ts'

const platform = platformOf(1)
const issuer = 'https://id.example.com'
const ada: Person = { issuer, subject: 's-ada', name: 'ada', groups: ['ml'], administrator: true }
const bob: Person = { issuer, subject: 's-bob', name: 'bob', groups: [] }

describe.each(databases)('logins on %s', (engine) => {
  async function open() {
    const db = await openTestDatabase(engine)
    const identities = createIdentityDirectory(db, { onError: () => undefined })
    const clock = { now: 1_700_000_000_000 }
    const logins = createLogins({ db, identities, now: () => clock.now, sessionSeconds: 60 })
    return {
      db,
      clock,
      logins,
      async [Symbol.asyncDispose]() {
        await identities[Symbol.asyncDispose]()
        await db[Symbol.asyncDispose]()
      },
    }
  }

  async function groupsOf(db: Database, userId: string): Promise<string[]> {
    const rows = await db.lookup
      .selectFrom('group_members')
      .innerJoin('user_groups', (join) =>
        join
          .onRef('user_groups.tenant', '=', 'group_members.tenant')
          .onRef('user_groups.id', '=', 'group_members.group_id'),
      )
      .select('user_groups.name')
      .where('group_members.tenant', '=', platform)
      .where('user_groups.tenant', '=', platform)
      .where('group_members.user_id', '=', userId)
      .orderBy('user_groups.name')
      .execute()
    return rows.map(({ name }) => name)
  }

  test('the first person must be an administrator', async () => {
    await using opened = await open()
    await expect(opened.logins.admit(platform, bob)).rejects.toMatchObject({ code: 'permission-denied' })
    expect(await opened.logins.admit(platform, ada)).toMatchObject({ name: 'ada', administrator: true })
    expect(await opened.logins.admit(platform, bob)).toMatchObject({ name: 'bob', administrator: false })
  })

  test('a person is known by issuer and subject, whatever the name; two people never share a name', async () => {
    await using opened = await open()
    const first = await opened.logins.admit(platform, ada)
    expect(await opened.logins.admit(platform, { ...ada, name: 'renamed' })).toMatchObject({
      id: first.id,
      name: 'ada',
    })
    const namesake = await opened.logins.admit(platform, { ...bob, name: 'ada' })
    expect(namesake).toMatchObject({ name: 'ada@id.example.com' })
    expect(namesake.id).not.toBe(first.id)
    const elsewhere = await opened.logins.admit(platform, { ...bob, issuer: 'https://other.example', name: 'token' })
    expect(elsewhere.name).toBe('token@other.example')
  })

  test('logging in, logging out and what the provider changes are in the audit log, each in its own transaction', async () => {
    await using opened = await open()
    const { db, logins } = opened
    const rows = async () =>
      (
        await db.read.selectFrom('audit_events').selectAll().where('tenant', '=', platform).orderBy('event').execute()
      ).map(({ operation, caller_name, target }) => [operation, caller_name, target])
    const caller = await logins.admit(platform, ada)
    const target = `user:${caller.id}`
    opened.clock.now += 10
    const secret = await logins.begin(platform, caller)
    opened.clock.now += 10
    await logins.end(platform, secret)
    opened.clock.now += 10
    await logins.end(platform, secret)
    await logins.admit(platform, ada)
    await logins.admit(platform, { ...ada, groups: ['ml', 'ops'] })
    expect(await rows()).toEqual([
      ['admitPerson', 'ada', target],
      ['logIn', 'ada', target],
      ['logOut', 'ada', target],
      ['admitPerson', 'ada', target],
    ])
    await expect(logins.admit(platform, { ...ada, administrator: false })).rejects.toThrow()
    expect(await rows()).toHaveLength(4)
  })

  test('people who come for the first time twice at once are one user', async () => {
    await using opened = await open()
    await opened.logins.admit(platform, ada)
    const callers = await Promise.all([1, 2, 3].map(() => opened.logins.admit(platform, bob)))
    expect(new Set(callers.map(({ id }) => id)).size).toBe(1)
  })

  test('memberships follow the provider, those given here stay, names that none can have are left out', async () => {
    await using opened = await open()
    const { db, logins } = opened
    const { id } = await logins.admit(platform, { ...ada, groups: ['ml', 'ops', '/odd name/', ''] })
    expect(await groupsOf(db, id)).toEqual(['ml', 'ops'])
    await db.write(platform, async (tx) => {
      await createGroup(tx, platform, 1, 'local')
      await insertMember(tx, await getGroup(tx, platform, 'local'), await getUser(tx, platform, id), 1)
    })
    await logins.admit(platform, { ...ada, groups: ['ops', 'local'] })
    expect(await groupsOf(db, id)).toEqual(['local', 'ops'])
    await logins.admit(platform, { ...ada, groups: [] })
    expect(await groupsOf(db, id)).toEqual(['local'])
  })

  test('who is an administrator follows the provider, but the last one stays', async () => {
    await using opened = await open()
    await opened.logins.admit(platform, ada)
    await expect(opened.logins.admit(platform, { ...ada, administrator: false })).rejects.toMatchObject({
      code: 'permission-denied',
    })
    await opened.logins.admit(platform, { ...bob, administrator: true })
    expect(await opened.logins.admit(platform, { ...ada, administrator: false })).toMatchObject({
      administrator: false,
    })
    const { administrator: _unsaid, ...unsaid } = ada
    expect(await opened.logins.admit(platform, unsaid)).toMatchObject({ administrator: false })
  })

  test('a disabled person is refused, and so is the session', async () => {
    await using opened = await open()
    const { db, logins } = opened
    await logins.admit(platform, ada)
    const caller = await logins.admit(platform, bob)
    const session = await logins.begin(platform, caller)
    expect(await logins.callerOf(platform, session)).toMatchObject({ id: caller.id })
    await db.write(platform, (tx) => changeUser(tx, platform, 1, caller.id, { disabled: true }))
    expect(await logins.callerOf(platform, session)).toBeUndefined()
    await expect(logins.admit(platform, bob)).rejects.toMatchObject({ code: 'permission-denied' })
  })

  test('a session ends after its time, at once when it is ended, and is good on its platform alone', async () => {
    await using opened = await open()
    const { db, clock, logins } = opened
    const caller = await logins.admit(platform, ada)
    const [first, second] = [await logins.begin(platform, caller), await logins.begin(platform, caller)]
    expect(await logins.callerOf(platformOf(2), first)).toBeUndefined()
    await logins.end(platform, first)
    expect(await logins.callerOf(platform, first)).toBeUndefined()
    clock.now += 59_999
    expect(await logins.callerOf(platform, second)).toMatchObject({ name: 'ada' })
    clock.now += 1
    expect(await logins.callerOf(platform, second)).toBeUndefined()
    await logins.begin(platform, caller)
    const kept = await db.lookup.selectFrom('login_sessions').select('digest').where('tenant', '=', platform).execute()
    expect(kept).toHaveLength(1)
  })
})
