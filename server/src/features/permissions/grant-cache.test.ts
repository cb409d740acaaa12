import { describe, expect, test } from 'vitest'
import type { Caller } from '../../lib/caller.ts'
import { platformOf, tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { createGrantCache } from './grant-cache.ts'
import { deleteGrantsOf, putGrant, workspaceObject } from './grant-store.ts'

const platform = platformOf(1)
const ann: Caller = { id: 'ann', name: 'Ann', kind: 'person', groups: ['team'], administrator: false }
const here = workspaceObject(tenantOf(1))

describe.each(databases)('remembered grants on %s', (engine) => {
  test('are those of the caller, its groups and everyone; they age, and are forgotten at once', async () => {
    await using db = await openTestDatabase(engine)
    let now = 0
    const cache = createGrantCache(db.lookup, { maxAgeMs: 100, clock: () => now })
    const give = (id: string, type: 'USER' | 'GROUP' | 'ROLE', permissions: number) =>
      db.write(platform, (tx) => putGrant(tx, platform, here, { id, type, name: id }, permissions, 'root', 1))
    expect(cache.known(platform, ann)).toBeUndefined()
    expect((await cache.load(platform, ann)).workspaces.get(1)).toBeUndefined()
    await give('team', 'GROUP', 2)
    await give('ALL_USERS', 'ROLE', 1)
    await give('bob', 'USER', 4)
    expect(cache.known(platform, ann)?.workspaces.get(1)).toBeUndefined()
    expect((await cache.load(platform, ann)).workspaces.get(1)).toBe(3)
    now = 99
    expect(cache.known(platform, ann)?.workspaces.get(1)).toBe(3)
    expect(cache.known(platform, { ...ann, groups: [] })).toBeUndefined()
    now = 101
    expect(cache.known(platform, ann)).toBeUndefined()
    await cache.load(platform, ann)
    await db.write(platform, (tx) => deleteGrantsOf(tx, platform, 'team'))
    cache.forget()
    expect(cache.known(platform, ann)).toBeUndefined()
    expect((await cache.load(platform, ann)).workspaces.get(1)).toBe(1)
  })

  test('read before a change are not remembered after it', async () => {
    await using db = await openTestDatabase(engine)
    const cache = createGrantCache(db.lookup)
    const loading = cache.load(platform, ann)
    cache.forget()
    await loading
    expect(cache.known(platform, ann)).toBeUndefined()
  })
})
