import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlobStore } from '../../blobs/blob-store.ts'
import type { Database } from '../../db/database.ts'
import type { RecordedStatement } from '../../db/database-options.ts'
import type { Flag } from '../../db/tables/tables.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { startPurgeJob } from '../purges/purge-job.ts'
import { updateExperimentRow } from './experiment-store.ts'
import { beginStageChange, finishStageChange, type StageChange } from './run-stages.ts'

const tenant = tenantOf(1)
const count = 6_000

describe.each(databases)('the stage of very many runs on %s', (engine) => {
  let database: Database
  const statements: RecordedStatement[] = []
  beforeAll(async () => {
    database = await openTestDatabase(engine, { onStatement: (statement) => statements.push(statement) })
    for (let first = 1; first <= count; first += 300) {
      const fixed = { tenant, experiment: 0, name: 'r', user_id: '', status: 1, artifact_uri: '', revision: 1 }
      const rows = Array.from({ length: 300 }, (_, index) => first + index).map((run) => {
        // Every hundredth was deleted before, and many begin at the same time.
        const deleted: Flag = run % 100 === 0 ? 1 : 0
        const times = { start_time: run % 10, end_time: null, deleted_time: deleted ? 5 : null }
        return { ...fixed, ...times, run, run_id: `${run}`, deleted }
      })
      await database.write(tenant, (tx) => tx.insertInto('runs').values(rows).execute())
    }
  }, 60_000)
  afterAll(() => database[Symbol.asyncDispose]())

  const begin = (change: StageChange) =>
    database.write(tenant, async (tx) => {
      await updateExperimentRow(tx, tenant, 0, { deleted: change.deleted })
      return beginStageChange(tx, tenant, change)
    })
  const stages = async () => {
    const rows = await database.read
      .selectFrom('runs')
      .select(['deleted', 'deleted_time', 'revision'])
      .where('tenant', '=', tenant)
      .execute()
    return Object.entries(Object.groupBy(rows, (row) => `${row.deleted} ${row.deleted_time} ${row.revision}`))
      .map(([stage, same]) => [stage, same?.length])
      .sort()
  }
  const listed = () => database.read.selectFrom('purges').select('kind').where('tenant', '=', tenant).execute()

  test('is changed in parts of 2,500, all at the same time; those deleted before keep their time', async () => {
    const change = { experiment: 0, deleted: 1, at: 77 } as const
    statements.length = 0
    const place = await begin(change)
    expect(await listed()).toEqual([{ kind: 'experiment-deleted' }])
    await finishStageChange(database, tenant, change, place)
    expect(await stages()).toEqual([
      ['1 5 1', 60],
      ['1 77 2', 5_940],
    ])
    expect(await listed()).toEqual([])
    const updates = statements.filter((statement) => statement.sql.startsWith('update "runs"'))
    expect(updates.length).toBe(3)
    expect(new Set(updates.map(({ transaction }) => transaction?.number)).size).toBe(3)
  })

  test('comes back for all of them, and the purge job goes on with what was broken off', async () => {
    const change = { experiment: 0, deleted: 0, at: 99 } as const
    await begin(change)
    await using job = startPurgeJob({ database, blobs: {} as BlobStore, intervalMs: 600_000 })
    await job.runOnce()
    expect(await stages()).toEqual([
      ['0 null 2', 60],
      ['0 null 3', 5_940],
    ])
    expect(await listed()).toEqual([])
  })

  test('is not changed any further when the experiment has another stage by now', async () => {
    const change = { experiment: 0, deleted: 1, at: 111 } as const
    const place = await begin(change)
    await database.write(tenant, (tx) => updateExperimentRow(tx, tenant, 0, { deleted: 0 }))
    const back = { ...change, deleted: 0, at: 112 } as const
    await finishStageChange(database, tenant, back, await begin(back))
    await finishStageChange(database, tenant, change, place)
    expect((await stages()).every(([stage]) => String(stage).startsWith('0 null'))).toBe(true)
    expect(await listed()).toEqual([])
  })
})
