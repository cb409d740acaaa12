import { describe, expect, test } from 'vitest'
import type { BlobKey } from '../../blobs/blob-path.ts'
import type { BlobStore } from '../../blobs/blob-store.ts'
import type { Database } from '../../db/database.ts'
import { openCaller } from '../../lib/caller.ts'
import { platformOf, tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { addFinishedOperation } from '../async-operations/async-operation-store.ts'
import { startPurgeJob } from './purge-job.ts'
import { addPurge } from './purge-store.ts'

const tenant = tenantOf(1)
const run = 77

async function duePurges(database: Database): Promise<number> {
  return (await database.read.selectFrom('purges').select('purge').where('tenant', '=', tenant).execute()).length
}

async function tagsOfRun(database: Database): Promise<number> {
  const rows = await database.read
    .selectFrom('tags')
    .select('key')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .execute()
  return rows.length
}

/** A store that only removes, and fails while it is `broken`. */
function removingStore(): { readonly blobs: BlobStore; readonly removed: BlobKey[]; broken: boolean } {
  const removed: BlobKey[] = []
  const store = {
    removed,
    broken: false,
    blobs: {
      async remove(key: BlobKey) {
        if (store.broken) throw new Error('the store is away')
        removed.push(key)
      },
    } as unknown as BlobStore,
  }
  return store
}

async function runToPurge(database: Database, artifactUri: string): Promise<void> {
  await database.write(tenant, async (tx) => {
    const rows = Array.from({ length: 1500 }, (_, key) => ({
      tenant,
      run,
      key,
      experiment: 0,
      start_time: 0,
      value: 'v',
      value_key: 'v',
    }))
    for (const part of [rows.slice(0, 750), rows.slice(750)]) await tx.insertInto('tags').values(part).execute()
    await addPurge(tx, tenant, { kind: 'run', subject: run, artifactUri }, Date.now())
  })
}

describe.each(databases)('the purge job on %s', (engine) => {
  test('what is broken off is gone on with', async () => {
    await using database = await openTestDatabase(engine)
    await runToPurge(database, 'mlflow-artifacts:/0/abc/artifacts')
    const store = removingStore()
    store.broken = true
    const options = { database, blobs: store.blobs, intervalMs: 600_000 }
    {
      await using job = startPurgeJob(options)
      await expect(job.runOnce()).rejects.toThrow('the store is away')
      expect([await duePurges(database), await tagsOfRun(database)]).toEqual([1, 0])
    }
    store.broken = false
    await using later = startPurgeJob({ ...options, now: () => Date.now() + 31_000 })
    await later.runOnce()
    expect(await duePurges(database)).toBe(0)
    expect(store.removed).toEqual(['workspaces/1/0/abc/artifacts'])
  })

  test('one process works at a time, and another takes over when it is gone', async () => {
    await using database = await openTestDatabase(engine)
    await runToPurge(database, 's3://somewhere/else')
    const store = removingStore()
    const lease = { tenant, name: 'purge', holder: 'other', fence: 1, expires_at: Date.now() + 20_000 }
    await database.write(tenant, (tx) => tx.insertInto('leases').values(lease).execute())
    const options = { database, blobs: store.blobs, intervalMs: 600_000 }
    await using early = startPurgeJob(options)
    await early.runOnce()
    expect(await tagsOfRun(database)).toBe(1500)
    await using later = startPurgeJob({ ...options, now: () => Date.now() + 21_000 })
    await later.runOnce()
    expect([await duePurges(database), await tagsOfRun(database)]).toEqual([0, 0])
    expect(store.removed).toEqual([])
  })

  test("the root of the workspace's artifacts is never removed", async () => {
    await using database = await openTestDatabase(engine)
    await runToPurge(database, 'mlflow-artifacts:/')
    const store = removingStore()
    await using job = startPurgeJob({ database, blobs: store.blobs, intervalMs: 600_000 })
    await job.runOnce()
    expect([await duePurges(database), store.removed]).toEqual([0, []])
  })

  test('asynchronous operations are forgotten after 30 days', async () => {
    await using database = await openTestDatabase(engine)
    const [now, day] = [Date.now(), 24 * 60 * 60_000]
    const caller = { ...openCaller, id: 'me' }
    const of = { resourceType: 'WORKSPACE', actionType: 'A', resourceName: 'r', resourceDisplayName: 'R', workspace: 1 }
    const platform = platformOf(1)
    const kept = await database.write(platform, async (tx) => {
      await addFinishedOperation(tx, platform, caller, of, now - 31 * day)
      return addFinishedOperation(tx, platform, caller, of, now - 29 * day)
    })
    await using job = startPurgeJob({ database, blobs: removingStore().blobs, intervalMs: 600_000 })
    await job.runOnce()
    const left = await database.read
      .selectFrom('async_operations')
      .select('operation')
      .where('tenant', '=', platform)
      .execute()
    expect(left).toEqual([{ operation: kept }])
  })
})
