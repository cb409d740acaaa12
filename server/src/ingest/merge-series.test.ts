import { describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { runNumber } from '../lib/run-number.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { createRunRecord, logRecord, metricPoint, testRunId } from '../testing/ingest-records.ts'
import { newBatchId } from './batch-id.ts'
import type { IngestRecord, MetricPoint } from './ingest-record.ts'
import { startMergeJob } from './merge-job.ts'
import { mergePoints } from './merge-points.ts'
import { mergeSeries } from './merge-series.ts'
import { comparePoints } from './point-columns.ts'
import type { SeriesId } from './segment-store.ts'
import { decodeSegments, storedSegment } from './stored-segment.ts'

const tenant = tenantOf(1)
const run = testRunId(1)

describe.each(databases)('merging on %s', (engine) => {
  test('makes chunks of single points and drops repeats', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, createRunRecord(run))
    for (let step = 0; step < 100; step++) {
      await logPoints(database, metricPoint('m', step === 3 ? Number.NaN : step / 4, step))
      if (step < 5) await logPoints(database, metricPoint('m', step === 3 ? Number.NaN : step / 4, step))
    }
    const series = await onlySeries(database)
    expect(await segments(database)).toHaveLength(105)
    expect(await summary(database)).toEqual({ points: 105, nan_count: 2 })
    expect(await dueSeries(database)).toEqual([series])

    expect(await mergeSeries(database, tenant, [series], 1)).toBe(true)
    expect(await segments(database)).toMatchObject([{ n: 100, first_step: 0, last_step: 99, nan_count: 1, vmin: 0 }])
    expect(await summary(database)).toEqual({ points: 100, nan_count: 1 })
    expect(await dueSeries(database)).toEqual([])
    expect(await steps(database)).toEqual(Array.from({ length: 100 }, (_, step) => step))
  })

  test('leaves a series alone that is not worth it', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, createRunRecord(run))
    for (let step = 0; step < 15; step++) await logPoints(database, metricPoint('m', 1, step))
    expect(await mergeSeries(database, tenant, [await onlySeries(database)], 1)).toBe(true)
    expect(await segments(database)).toHaveLength(15)
  })

  test('takes late points into the chunks that they fall into', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, createRunRecord(run))
    await logPoints(database, ...Array.from({ length: 1000 }, (_, i) => metricPoint('m', i, 2 * i)))
    await logPoints(database, ...Array.from({ length: 1000 }, (_, i) => metricPoint('m', i, 5000 + i)))
    for (let i = 0; i < 40; i++) await logPoints(database, metricPoint('m', 0, 2 * i + 1))
    expect(await mergeSeries(database, tenant, [await onlySeries(database)], 1)).toBe(true)
    const merged = await segments(database)
    expect(merged.map(({ n }) => n).sort()).toEqual([1000, 520, 520])
    expect(await steps(database)).toHaveLength(2040)
  })

  test('loses and doubles nothing when merges and writers meet', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, createRunRecord(run))
    await logPoints(database, metricPoint('m', 0, 0))
    const series = await onlySeries(database)
    let writing = true
    const writer = async (parity: number) => {
      for (let step = 1; step < 200; step++) await logPoints(database, metricPoint('m', step, 2 * step + parity))
    }
    const merger = async () => {
      let merges = 0
      while (writing) if (await mergeSeries(database, tenant, [series], 1)) merges++
      return merges
    }
    const mergers = [merger(), merger(), merger()]
    await Promise.all([writer(0), writer(1)])
    writing = false
    expect(Math.max(...(await Promise.all(mergers)))).toBeGreaterThan(0)
    expect(await steps(database)).toEqual([0, ...Array.from({ length: 398 }, (_, i) => i + 2)])
    expect((await segments(database)).reduce((sum, { n }) => sum + n, 0)).toBe(399)
  })

  test('is due as well when a run has ended', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, createRunRecord(run))
    for (let step = 0; step < 20; step++) await logPoints(database, metricPoint('m', 1, step), metricPoint('n', 1, 0))
    await logPoints(database, metricPoint('rare', 1, 0))
    expect(await dueSeries(database)).toEqual([])
    await write(database, { kind: 'update-run', runId: run, status: 3 })
    expect(await dueSeries(database)).toHaveLength(2)
  })

  test('goes on in the background, and forgets old batch ids', async () => {
    let now = Date.now()
    await using database = await openTestDatabase(engine, { now: () => now })
    await write(database, createRunRecord(run))
    for (let step = 0; step < 70; step++) await logPoints(database, metricPoint('m', 1, step))
    const before = await batchIds(database)
    expect(before).toHaveLength(71)
    now += 11 * 60_000
    await using job = startMergeJob(database, { intervalMs: 60_000, restMs: 0, now: () => now })
    await job.runOnce()
    expect(await segments(database)).toMatchObject([{ n: 70 }])
    expect(await dueSeries(database)).toEqual([])
    const after = await batchIds(database)
    expect(before.filter((id) => after.includes(id))).toEqual([])
  })
})

async function write(database: Database, record: IngestRecord, now = Date.now()): Promise<void> {
  expect(await database.writeGroup(tenant, newBatchId(now), [record])).toMatchObject([{ ok: true }])
}

async function logPoints(database: Database, ...metrics: MetricPoint[]): Promise<void> {
  await write(database, logRecord(run, { metrics }))
}

async function onlySeries(database: Database): Promise<SeriesId> {
  return database.read
    .selectFrom('metric_summary')
    .select(['run', 'key'])
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow()
}

function dueSeries(database: Database): Promise<SeriesId[]> {
  return database.read.selectFrom('series_todo').select(['run', 'key']).where('tenant', '=', tenant).execute()
}

async function batchIds(database: Database): Promise<string[]> {
  const rows = await database.read
    .selectFrom('ingest_batches')
    .select('batch_id')
    .where('tenant', '=', tenant)
    .execute()
  return rows.map(({ batch_id }) => batch_id)
}

function segments(database: Database) {
  return database.read
    .selectFrom('metric_segments')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('first_step')
    .execute()
}

async function summary(database: Database) {
  return database.read
    .selectFrom('metric_summary')
    .select(['points', 'nan_count'])
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow()
}

async function steps(database: Database): Promise<number[]> {
  expect((await segments(database)).every((row) => row.run === runNumber(run))).toBe(true)
  const pacer = { spend: () => undefined }
  const parts = await decodeSegments((await segments(database)).map(storedSegment), comparePoints, pacer)
  return Array.from((await mergePoints(parts, comparePoints, pacer)).steps, Number)
}
