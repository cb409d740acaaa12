import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Database, Engine } from '../db/database.ts'
import { AppError } from '../errors/app-error.ts'
import { unavailable } from '../errors/errors.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { createRunRecord, keyValue, logRecord, metricPoint, testRunId } from '../testing/ingest-records.ts'
import { createGroupCommit } from './group-commit.ts'
import type { IngestRecord, IngestResult } from './ingest-record.ts'

const tenant = tenantOf(1)
const record = (run: number, value = 0) => logRecord(testRunId(run), { metrics: [metricPoint('m', value)] })

describe('group commit', () => {
  test('sends a lone record at once, and together what arrives meanwhile', async () => {
    const writer = createWriter('sqlite')
    const ingest = createGroupCommit(writer)
    const first = ingest.submit(tenant, record(1))
    await writer.begun(1)
    const others = [2, 3, 4].map((run) => ingest.submit(tenant, record(run)))
    writer.finish(0)
    await first
    await writer.begun(2)
    writer.finish(1)
    await Promise.all(others)
    expect(writer.groups.map(({ records }) => records.length)).toEqual([1, 3])
    expect(new Set(writer.groups.map(({ batchId }) => batchId)).size).toBe(2)
  })

  test('sends the next group before it answers the callers of the last', async () => {
    const writer = createWriter('sqlite')
    const ingest = createGroupCommit(writer)
    const groupsAtAnswer = ingest.submit(tenant, record(1)).then(() => writer.groups.length)
    await writer.begun(1)
    const next = ingest.submit(tenant, record(2))
    writer.finish(0)
    expect(await groupsAtAnswer).toBe(2)
    writer.finish(1)
    await next
  })

  test('keeps groups within their limits', async () => {
    const writer = createWriter('sqlite', { immediate: true })
    const ingest = createGroupCommit(writer, { groupLimits: { rows: 10, bytes: 100_000 } })
    const metrics = Array.from({ length: 4 }, (_, step) => metricPoint('m', 1, step))
    // Four points of one metric: as many rows as points, and the run's.
    await Promise.all(Array.from({ length: 5 }, () => ingest.submit(tenant, logRecord(testRunId(1), { metrics }))))
    const great = logRecord(testRunId(1), {
      metrics: Array.from({ length: 99 }, (_, step) => metricPoint('m', 1, step)),
    })
    await ingest.submit(tenant, great)
    expect(writer.groups.map(({ records }) => records.length)).toEqual([2, 2, 1, 1])
    const long = logRecord(testRunId(1), { tags: [keyValue('t', 'x'.repeat(30_000))] })
    await Promise.all([long, long, long].map((each) => ingest.submit(tenant, each)))
    expect(writer.groups.slice(4).map(({ records }) => records.length)).toEqual([1, 1, 1])
  })

  test('refuses what does not fit into the queue, and takes records again when it has room', async () => {
    const writer = createWriter('sqlite')
    const ingest = createGroupCommit(writer, { maxRecords: 3, maxBytes: 10_000 })
    const accepted = [1, 2, 3].map((run) => ingest.submit(tenant, record(run)))
    await expect(ingest.submit(tenant, record(4))).rejects.toMatchObject({
      code: 'overloaded',
      details: { retryAfterSeconds: 1 },
    })
    await expect(ingest.submit(tenantOf(2), record(4))).rejects.toMatchObject({ code: 'overloaded' })
    await writer.begun(1)
    writer.finish(0)
    await Promise.all(accepted)
    const long = logRecord(testRunId(1), { tags: [keyValue('t', 'x'.repeat(4500))] })
    const one = ingest.submit(tenant, long)
    await expect(ingest.submit(tenant, long)).rejects.toMatchObject({ code: 'overloaded' })
    await writer.begun(2)
    writer.finish(1)
    await one
  })

  test('answers each caller with its own result', async () => {
    const writer = createWriter('sqlite', {
      answer: ({ runId }) =>
        runId === testRunId(2) ? { ok: false, code: 'not-found', message: 'no' } : { ok: true, revision: 9 },
      immediate: true,
    })
    const ingest = createGroupCommit(writer)
    const results = await Promise.allSettled([1, 2, 3].map((run) => ingest.submit(tenant, record(run))))
    expect(results).toMatchObject([
      { status: 'fulfilled', value: { revision: 9 } },
      { status: 'rejected', reason: { code: 'not-found', message: 'no' } },
      { status: 'fulfilled', value: { revision: 9 } },
    ])
    expect(writer.groups).toHaveLength(1)
  })

  test('lets a record that fails the whole group fail alone', async () => {
    const poison = testRunId(2)
    const writer = createWriter('sqlite', {
      answer({ runId }) {
        if (runId === poison) throw new Error('constraint')
        return { ok: true, revision: 1 }
      },
      immediate: true,
    })
    const ingest = createGroupCommit(writer)
    const results = await Promise.allSettled([1, 2, 3].map((run) => ingest.submit(tenant, record(run))))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(new Set(writer.groups.map(({ batchId }) => batchId)).size).toBe(4)
  })

  test('tells everybody when the database is out of reach, without trying each alone', async () => {
    const writer = createWriter('postgres', {
      answer() {
        throw unavailable('away')
      },
      immediate: true,
    })
    const ingest = createGroupCommit(writer)
    const results = await Promise.allSettled([1, 2, 3].map((run) => ingest.submit(tenant, record(run))))
    for (const result of results) expect(result).toMatchObject({ reason: { code: 'unavailable' } })
    expect(writer.groups).toHaveLength(1)
  })

  test('commits several groups at once on PostgreSQL, but never two with the same run', async () => {
    const writer = createWriter('postgres')
    const ingest = createGroupCommit(writer, { recordsForMoreGroups: 4, maxGroups: 3 })
    const all = [ingest.submit(tenant, record(1, 1)), ingest.submit(tenant, record(2, 1))]
    await writer.begun(1)
    for (const run of [1, 3, 1, 4]) all.push(ingest.submit(tenant, record(run, all.length)))
    await writer.begun(2)
    expect(writer.groups[1]?.records.map(({ runId }) => runId)).toEqual([testRunId(3), testRunId(4)])
    writer.finish(0)
    writer.finish(1)
    await writer.begun(3)
    expect(writer.groups[2]?.records).toEqual([record(1, 2), record(1, 4)])
    writer.finish(2)
    await Promise.all(all)
  })

  test('finishes on closing what it has accepted, and takes nothing more', async () => {
    const writer = createWriter('sqlite')
    const ingest = createGroupCommit(writer)
    const accepted = [ingest.submit(tenant, record(1)), ingest.submit(tenantOf(2), record(1))]
    let closed = false
    const closing = ingest[Symbol.asyncDispose]().then(() => {
      closed = true
    })
    await expect(ingest.submit(tenant, record(2))).rejects.toMatchObject({ code: 'unavailable' })
    await writer.begun(2)
    writer.finish(0)
    await accepted[0]
    expect(closed).toBe(false)
    writer.finish(1)
    await Promise.all([closing, ...accepted])
    await createGroupCommit(writer)[Symbol.asyncDispose]()
  })
})

describe.each(databases)('64 writers at once on %s', (engine) => {
  const servers = engine === 'sqlite' ? 1 : 2
  test('lose nothing and never deadlock', { timeout: 120_000 }, async () => {
    await using database = await openTestDatabase(engine)
    const options = { groupLimits: { rows: 60, bytes: 1_000_000 }, recordsForMoreGroups: 8 }
    const ingests = Array.from({ length: servers }, () => createGroupCommit(database, options))
    const runs = Array.from({ length: 7 }, (_, i) => testRunId(i))
    await Promise.all(runs.map((runId) => ingests[0]!.submit(tenant, createRunRecord(runId))))
    const rounds = 12
    await Promise.all(
      Array.from({ length: 64 }, async (_, writer) => {
        for (let round = 0; round < rounds; round++) {
          const ingest = ingests[(writer + round) % servers]!
          const step = writer * rounds + round
          const metrics = ['a', 'b', `own ${writer}`].map((key) => metricPoint(key, step, step))
          const tags = [keyValue('last', String(step)), keyValue(`tag ${writer}`, '')]
          const params = [keyValue(`param ${writer % 9}`, 'same')]
          const runId = runs[(writer * 5 + round) % runs.length]!
          await ingest.submit(tenant, logRecord(runId, { metrics, params, tags }))
        }
      }),
    )
    const written = 64 * rounds
    const keys = await database.lookup
      .selectFrom('keys')
      .select(['key', 'kind', 'name'])
      .where('tenant', '=', tenant)
      .execute()
    const summaries = await database.lookup
      .selectFrom('metric_summary')
      .select(['key', 'points'])
      .where('tenant', '=', tenant)
      .execute()
    const pointsOf = (metric: string) => {
      const number = keys.find(({ kind, name }) => kind === 1 && name === metric)?.key
      return summaries.filter(({ key }) => key === number).reduce((sum, { points }) => sum + Number(points), 0)
    }
    expect(['a', 'b', 'own 63'].map(pointsOf)).toEqual([written, written, rounds])
    expect(keys).toHaveLength(66 + 9 + 1 + 65)
    expect(await countOf(database, 'metric_segments')).toBeGreaterThan(0)
    await Promise.all(ingests.map((ingest) => ingest[Symbol.asyncDispose]()))
    if (engine === 'postgres') expect(await deadlocks(database)).toBe(0)
  })
})

/** A deadlock would be tried again unnoticed; the server counts it, up to a second late. */
async function deadlocks(database: Database): Promise<number> {
  await sleep(1200)
  const query = sql<{ deadlocks: number }>`select deadlocks from pg_stat_database where datname = current_database()`
  return Number((await query.execute(database.read)).rows[0]?.deadlocks)
}

async function countOf(database: Database, table: 'metric_segments'): Promise<number> {
  const rows = await database.lookup.selectFrom(table).select('n').where('tenant', '=', tenant).execute()
  return rows.reduce((sum, { n }) => sum + n, 0)
}

interface WriterOptions {
  readonly answer?: (record: IngestRecord) => IngestResult
  readonly immediate?: boolean
}

/** Stands for a database: holds each group until it is told to finish it. */
function createWriter(engine: Engine, { answer = () => ({ ok: true, revision: 1 }), immediate }: WriterOptions = {}) {
  const groups: { records: readonly IngestRecord[]; batchId: string; done: PromiseWithResolvers<void> }[] = []
  return {
    engine,
    groups,
    async writeGroup(_: unknown, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]> {
      const done = Promise.withResolvers<void>()
      groups.push({ records, batchId, done })
      if (!immediate) await done.promise
      return records.map(answer)
    },
    finish: (group: number) => groups[group]!.done.resolve(),
    async begun(count: number) {
      for (let turn = 0; groups.length < count; turn++) {
        if (turn > 100) throw new AppError('internal', `only ${groups.length} groups have begun`)
        await new Promise(setImmediate)
      }
    },
  }
}
