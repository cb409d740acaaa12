import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { BlobStore } from '../../blobs/blob-store.ts'
import type { Database } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { platformOf, type Tenant, tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { tableColumns } from '../../testing/table-columns.ts'
import { takeExperimentNumber } from '../experiments/experiment-store.ts'
import { startPurgeJob } from './purge-job.ts'
import { addWorkspacePurge } from './workspace-purge-store.ts'

const platform = platformOf(1)
const gone = tenantOf(2)
const other = tenantOf(3)
const hourMs = 60 * 60_000

/** Tables without data of a workspace: of all, of platforms, or with rows that expire by themselves. */
const otherTables: readonly (keyof Tables)[] = [
  ...(['platforms', 'workspaces', 'workspace_details', 'async_operations', 'workspace_purges'] as const),
  ...(['registered_models', 'registered_model_tags', 'model_versions', 'model_version_tags'] as const),
  ...(['model_aliases', 'registry_events', 'registry_purges', 'server_secrets', 'grants', 'audit_events'] as const),
  ...(['users', 'user_groups', 'group_members', 'api_tokens', 'api_keys', 'identity_state', 'login_sessions'] as const),
  ...(['retry_tokens', 'ingest_batches', 'leases', 'purges'] as const),
]

const workspaceTables = (Object.keys(tableColumns) as (keyof Tables)[]).filter(
  (table) => !otherTables.includes(table) && !table.startsWith('webhook'),
)

/** One row in every table of the workspace, and more params than one transaction removes. */
async function fill(database: Database, tenant: Tenant): Promise<void> {
  await database.write(tenant, async (tx) => {
    for (const table of workspaceTables) await insert(tx, table, tenant, [1])
    for (const first of [2, 802]) {
      const runs = Array.from({ length: 800 }, (_, index) => first + index)
      await insert(tx, 'params', tenant, runs)
    }
  })
}

type Tx = Parameters<Parameters<Database['write']>[1]>[0]

async function insert(tx: Tx, table: keyof Tables, tenant: Tenant, runs: readonly number[]): Promise<void> {
  const columns = Object.entries(tableColumns[table]) as [string, string][]
  const rows = runs.map((run) => {
    const values = columns.map(([column, kind]) => {
      if (column === 'tenant') return sql`${tenant}`
      if (column === 'run') return sql`${run}`
      return kind.startsWith('text') ? sql`${'x'}` : kind === 'bytes' ? sql`${new Uint8Array(1)}` : sql`${1}`
    })
    return sql`(${sql.join(values)})`
  })
  const names = columns.map(([column]) => sql.ref(column))
  await sql`insert into ${sql.table(table)} (${sql.join(names)}) values ${sql.join(rows)}`.execute(tx)
}

/** The tables in which a workspace has rows. */
async function filledTables(database: Database, tenant: Tenant): Promise<string[]> {
  const filled: string[] = []
  for (const table of workspaceTables) {
    const found = await sql`select 1 from ${sql.table(table)} where tenant = ${tenant} limit 1`.execute(database.read)
    if (found.rows.length > 0) filled.push(table)
  }
  return filled
}

async function addWorkspace(database: Database, tenant: Tenant, state: string): Promise<void> {
  const texts = { description: null, default_catalog: null, network: null, updated_by: 'u', updated_by_name: 'u' }
  const key = `w${tenant}`
  await database.write(tenant, (tx) =>
    tx.insertInto('workspaces').values({ tenant, platform, key, name: key, created: 1, next_experiment: 9 }).execute(),
  )
  const details = { tenant: platform, workspace: tenant, key, name: key, type: 'USER', state, created: 1, updated: 1 }
  await database.write(platform, (tx) =>
    tx
      .insertInto('workspace_details')
      .values({ ...details, ...texts, created_by: 'u', created_by_name: 'u', revision: 1 })
      .execute(),
  )
}

/** Two workspaces full of data, one of them deleted just now. */
async function givenDeleted(database: Database): Promise<void> {
  await addWorkspace(database, gone, 'DELETED')
  await addWorkspace(database, other, 'ACTIVE')
  await fill(database, gone)
  await fill(database, other)
  await database.write(platform, (tx) => addWorkspacePurge(tx, platform, gone, Date.now()))
}

function dueWorkspaces(database: Database): Promise<unknown[]> {
  return database.read.selectFrom('workspace_purges').selectAll().where('tenant', '=', platform).execute()
}

function removingStore() {
  const store = { removed: [] as string[], broken: false }
  const blobs = {
    async remove(key: string) {
      if (store.broken) throw new Error('the store is away')
      store.removed.push(key)
    },
  } as unknown as BlobStore
  return Object.assign(store, { blobs })
}

describe.each(databases)('removing a deleted workspace on %s', (engine) => {
  test('nothing of it is left, in no table and no store, and nothing of another one is touched', async () => {
    await using database = await openTestDatabase(engine)
    await givenDeleted(database)
    const { blobs, removed } = removingStore()
    await using job = startPurgeJob({ database, blobs, storeNames: ['archive'], intervalMs: 600_000 })
    await job.runOnce()
    expect(await filledTables(database, gone)).toEqual([])
    expect(await filledTables(database, other)).toEqual(workspaceTables)
    expect(removed).toEqual(['workspaces/2', 'workspaces/2/@archive'])
    await job.runOnce()
    expect(removed).toHaveLength(2)
  })

  test('what requests under way have still written is removed later', async () => {
    await using database = await openTestDatabase(engine)
    await givenDeleted(database)
    const { blobs, removed } = removingStore()
    let later = 0
    const options = { database, blobs, intervalMs: 600_000, now: () => Date.now() + later }
    await using job = startPurgeJob(options)
    await job.runOnce()
    const creating = database.write(gone, (tx) => takeExperimentNumber(tx, gone))
    await expect(creating).rejects.toMatchObject({ code: 'conflict' })
    await fill(database, gone)
    expect(await dueWorkspaces(database)).toHaveLength(1)
    later = hourMs + 1000
    await job.runOnce()
    expect(await filledTables(database, gone)).toEqual([])
    expect(await dueWorkspaces(database)).toEqual([])
    expect(removed).toEqual(['workspaces/2', 'workspaces/2'])
  })

  test('what is broken off is gone on with by another process', async () => {
    await using database = await openTestDatabase(engine)
    await givenDeleted(database)
    const store = removingStore()
    store.broken = true
    const options = { database, blobs: store.blobs, intervalMs: 600_000 }
    {
      await using job = startPurgeJob(options)
      await expect(job.runOnce()).rejects.toThrow('the store is away')
    }
    store.broken = false
    await using second = startPurgeJob(options)
    await second.runOnce()
    expect(store.removed).toEqual([])
    await using third = startPurgeJob({ ...options, now: () => Date.now() + 2 * hourMs })
    await third.runOnce()
    expect([await filledTables(database, gone), await dueWorkspaces(database)]).toEqual([[], []])
    expect(store.removed).toEqual(['workspaces/2'])
  })

  test('a workspace that is not deleted loses nothing', async () => {
    await using database = await openTestDatabase(engine)
    await addWorkspace(database, other, 'ACTIVE')
    await fill(database, other)
    await database.write(platform, (tx) => addWorkspacePurge(tx, platform, other, 1))
    await using job = startPurgeJob({ database, blobs: removingStore().blobs, intervalMs: 600_000 })
    await job.runOnce()
    expect(await filledTables(database, other)).toEqual(workspaceTables)
  })
})
