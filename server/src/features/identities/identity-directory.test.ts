import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { platformOf } from '../../lib/tenant.ts'
import { tokenDigest } from '../../lib/token-digest.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { addMember, createGroup } from './group-service.ts'
import { changeIdentities } from './identity-change.ts'
import { createIdentityDirectory } from './identity-directory.ts'
import { addKey, keyIdOf, setKeyDisabled } from './key-service.ts'
import { createToken, revokeToken } from './token-service.ts'
import { changeUser, createUser, deleteUser } from './user-service.ts'

const platform = platformOf(1)
const now = Date.parse('2026-11-24T12:00:00Z')

/** A change made by another process. */
function elsewhere(db: Database) {
  return { db, platform, identities: createIdentityDirectory(db, { onError: () => undefined }) }
}

function directoryOf(db: Database) {
  const errors: unknown[] = []
  const directory = createIdentityDirectory(db, { onError: (error) => errors.push(error), writeUsesEvery: 3_600_000 })
  return { directory, errors }
}

describe.each(databases)('the identity directory on %s', (engine) => {
  test('knows tokens with their owners, groups and limits, and remembers them', async () => {
    await using db = await openTestDatabase(engine)
    await using directory = directoryOf(db).directory
    await directory.refreshed(platform)
    expect(directory.configured).toBe(false)
    const here = { db, platform, identities: directory }
    const { user, group, made } = await changeIdentities(here, async (tx) => {
      const user = await createUser(tx, platform, now, { name: 'ann', kind: 'person', administrator: true })
      const group = await createGroup(tx, platform, now, 'team')
      await addMember(tx, platform, now, 'team', 'ann')
      const options = { name: 't', access: 'read', workspaces: ['default'], expires: now + 1 } as const
      return { user, group, made: await createToken(tx, platform, now, user, options) }
    })
    await directory.refreshed(platform)
    expect(directory.configured).toBe(true)
    const digest = tokenDigest(made.secret)!
    expect(digest).toBe(createHash('sha256').update(made.secret).digest('base64url'))
    expect(directory.recallToken(platform, digest)).toBeUndefined()
    const found = await directory.findToken(platform, digest)
    expect(found).toEqual({
      id: made.row.id,
      expires: now + 1,
      caller: {
        id: user.id,
        name: 'ann',
        kind: 'person',
        administrator: true,
        groups: [group.id],
        limits: { tokenId: made.row.id, access: 'read', workspaces: [1] },
      },
    })
    expect(directory.recallToken(platform, digest)).toBe(found)
    expect(directory.recallToken(platformOf(2), digest)).toBeUndefined()
    expect(await directory.findToken(platformOf(2), digest)).toBeUndefined()
  })

  test('AUTHN-05 forgets at once what this process changes, and within a second what others change', async () => {
    await using db = await openTestDatabase(engine)
    await using directory = directoryOf(db).directory
    const here = { db, platform, identities: directory }
    const { user, tokens } = await changeIdentities(here, async (tx) => {
      const user = await createUser(tx, platform, now, { name: 'ann', kind: 'person', administrator: true })
      const tokens = []
      for (const name of ['a', 'b']) tokens.push(await createToken(tx, platform, now, user, { name, access: 'write' }))
      return { user, tokens }
    })
    const [a, b] = tokens.map(({ secret }) => tokenDigest(secret)!) as [string, string]
    await directory.refreshed(platform)
    await directory.findToken(platform, a)
    await directory.findToken(platform, b)
    await changeIdentities(here, (tx) => revokeToken(tx, now, user, tokens[0]!.row.id))
    expect(directory.recallToken(platform, a)).toBeUndefined()
    expect(await directory.findToken(platform, a)).toBeUndefined()
    await directory.refreshed(platform)
    await directory.findToken(platform, b)
    await changeIdentities(elsewhere(db), (tx) => revokeToken(tx, now, user, tokens[1]!.row.id))
    await new Promise((resolve) => setTimeout(resolve, 1050))
    await directory.refreshed(platform)
    expect(directory.recallToken(platform, b)).toBeUndefined()
    expect(directory.refreshed(platform)).toBeUndefined()
  })

  test('knows keys by their whole id, until key or user is disabled', async () => {
    await using db = await openTestDatabase(engine)
    await using directory = directoryOf(db).directory
    const here = { db, platform, identities: directory }
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const { user, key } = await changeIdentities(here, async (tx) => {
      await createUser(tx, platform, now, { name: 'root', kind: 'person', administrator: true })
      const user = await createUser(tx, platform, now, { name: 'ann', kind: 'service', administrator: false })
      return { user, key: await addKey(tx, platform, now, user, pem) }
    })
    const id = keyIdOf(key)
    const found = await directory.findKey(platform, id)
    expect(found?.publicKey.equals(publicKey)).toBe(true)
    expect(found?.caller).toEqual({ id: user.id, name: 'ann', kind: 'service', administrator: false, groups: [] })
    expect(directory.recallKey(platform, id)).toBe(found)
    for (const wrong of [`x${id}`, `${id}/`, id.toUpperCase(), key.fingerprint, '', '//']) {
      expect(await directory.findKey(platform, wrong)).toBeUndefined()
    }
    await changeIdentities(here, (tx) => setKeyDisabled(tx, user, key.fingerprint, true))
    expect(await directory.findKey(platform, id)).toBeUndefined()
    await changeIdentities(here, (tx) => setKeyDisabled(tx, user, key.fingerprint, false))
    expect(await directory.findKey(platform, id)).toBeDefined()
    await changeIdentities(here, (tx) => changeUser(tx, platform, now, 'ann', { disabled: true }))
    expect(await directory.findKey(platform, id)).toBeUndefined()
    expect(await directory.findUser(platform, user.id)).toBeUndefined()
    await changeIdentities(here, (tx) => deleteUser(tx, platform, 'ann'))
    const left = await db.read.selectFrom('api_keys').select('user_id').where('tenant', '=', platform).execute()
    expect(left).toEqual([])
  })

  test('writes when credentials were used, in one go at the end', async () => {
    await using db = await openTestDatabase(engine)
    const { directory, errors } = directoryOf(db)
    const here = { db, platform, identities: directory }
    const made = await changeIdentities(here, async (tx) => {
      const user = await createUser(tx, platform, now, { name: 'ann', kind: 'person', administrator: true })
      return createToken(tx, platform, now, user, { name: 't', access: 'read' })
    })
    directory.tokenUsed(platform, made.row.id, now + 5)
    directory.tokenUsed(platform, made.row.id, now + 7)
    directory.tokenUsed(platform, 'gone', now)
    await directory[Symbol.asyncDispose]()
    expect(errors).toEqual([])
    const rows = await db.read.selectFrom('api_tokens').select('last_used').where('tenant', '=', platform).execute()
    expect(rows).toEqual([{ last_used: now + 7 }])
  })
})
