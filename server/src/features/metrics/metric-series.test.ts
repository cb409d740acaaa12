import { describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { newBatchId } from '../../ingest/batch-id.ts'
import type { IngestRecord } from '../../ingest/ingest-record.ts'
import { mergeSeries } from '../../ingest/merge-series.ts'
import { type Int64, int64Max, int64Min } from '../../lib/int64.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { expectedOf, type ListedPoint, listed } from '../../testing/point-list.ts'
import { createRandom, type Random } from '../../testing/random.ts'
import { bucketSeries } from './metric-buckets.ts'
import { type HistoryPlace, readHistories, readHistory } from './metric-history.ts'
import { readPoints } from './metric-points.ts'
import { sampleHistories, sampleSeries } from './metric-sampling.ts'
import { findSeries } from './series-store.ts'

const tenant = tenantOf(1)
const run = `${'5'.repeat(31)}1`
const otherRun = `${'6'.repeat(31)}1`

describe.each(databases)('a series on %s', (engine) => {
  test('answers like a plain list of points, whatever comes and whenever it is merged', {
    timeout: 120_000,
  }, async () => {
    await using database = await openTestDatabase(engine)
    await createRun(database, run)
    for (const shape of shapes) {
      const random = createRandom(shape.length)
      const metric = `metric ${shape}`
      const points: ListedPoint[] = []
      for (let commit = 0; commit < 90; commit++) {
        const added = randomPoints(random, shape, points)
        points.push(...added)
        await log(database, run, metric, added)
        if (random.chance(0.04)) await merge(database, metric)
        if (random.chance(0.03)) await compare(database, metric, points, random)
      }
      await compare(database, metric, points, random)
      await merge(database, metric)
      await compare(database, metric, points, random)
    }
  })

  test('is sampled as by MLflow', async () => {
    await using database = await openTestDatabase(engine)
    await createRun(database, run)
    await log(database, run, 'm', range(0, 999))
    const steps = async (samples: number, start?: number, end?: number) => {
      const [sampled] = await sampleHistories(database.read, tenant, [run], 'm', samples, { axis: 'step', start, end })
      return sampled === undefined ? [] : [...sampled.points.steps]
    }
    expect(await steps(10)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 999])
    expect(await steps(7)).toEqual([0, 143, 286, 429, 572, 715, 999])
    expect(await steps(2)).toEqual([0, 999])
    expect(await steps(1)).toEqual([999])
    expect(await steps(10, 5, 25)).toEqual([5, 8, 10, 12, 14, 16, 18, 20, 22, 25])
    expect(await steps(2500)).toHaveLength(1000)
    expect(await steps(5, 2000, 3000)).toEqual([])
  })

  test('of several runs is read in the order that is asked for', async () => {
    await using database = await openTestDatabase(engine)
    await createRun(database, run)
    await createRun(database, otherRun)
    await log(database, run, 'm', range(0, 9))
    await log(database, otherRun, 'm', range(0, 4))
    const runs = [otherRun, run, otherRun, '0'.repeat(32), 'no run id']
    const sampled = await sampleHistories(database.read, tenant, runs, 'm', 3)
    expect(sampled.map(({ runId, points }) => [runId, [...points.steps]])).toEqual([
      [otherRun, [0, 2, 4]],
      [run, [0, 4, 9]],
      [otherRun, [0, 2, 4]],
    ])
    const histories = await readHistories(database.read, tenant, runs, 'm', 12)
    expect(histories.map(({ runId, points }) => [runId, points.length])).toEqual([
      [run, 10],
      [otherRun, 2],
    ])
    expect(await readHistories(database.read, tenant, runs, 'other', 12)).toEqual([])
    expect(await readHistories(database.read, tenantOf(2), runs, 'm', 12)).toEqual([])
  })

  test('loses no peak in buckets', async () => {
    await using database = await openTestDatabase(engine)
    await createRun(database, run)
    const points = range(0, 9999).map((p) => ({ ...p, value: p.step === 4321 ? 1e6 : p.step === 7 ? -1e6 : 0 }))
    for (let from = 0; from < points.length; from += 500) await log(database, run, 'm', points.slice(from, from + 500))
    const buckets = await bucketSeries(await source(database, 'm'), 7, { axis: 'step' })
    expect(buckets.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 1427, 1428],
      [1428, 2856, 1429],
      [2857, 4284, 1428],
      [4285, 5713, 1429],
      [5714, 7141, 1428],
      [7142, 8570, 1429],
      [8571, 9999, 1429],
    ])
    expect(buckets.map(({ max }) => max)).toEqual([0, 0, 0, 1e6, 0, 0, 0])
    expect(buckets.map(({ min }) => min)).toEqual([-1e6, 0, 0, 0, 0, 0, 0])
  })
})

const shapes = ['steps ascend', 'steps repeat', 'no steps', 'anything at all', 'two writers that overlap'] as const
type Shape = (typeof shapes)[number]

function randomPoints(random: Random, shape: Shape, before: readonly ListedPoint[]): ListedPoint[] {
  const count = random.chance(0.03) ? 700 : random.pick([1, 1, 1, 1, 3, 40])
  return Array.from({ length: count }, (_, i) =>
    before.length > 0 && random.chance(0.05) ? random.pick(before) : randomPoint(random, shape, before.length + i),
  )
}

function randomPoint(random: Random, shape: Shape, n: number): ListedPoint {
  const timestamp = 1700000000000 + n * 100 + random.integer(0, 99)
  const value = random.chance(0.03) ? Number.NaN : random.chance(0.5) ? random.integer(-2, 2) : random.number()
  switch (shape) {
    case 'steps ascend':
      return { step: n, timestamp, value }
    case 'steps repeat':
      return { step: n % 70, timestamp, value }
    case 'no steps':
      return { step: 0, timestamp: 1700000000000 + Math.floor(n / 3), value }
    case 'two writers that overlap':
      return { step: Math.floor(n / 2) + (n % 2) * 30, timestamp: timestamp - (n % 2) * 5000, value }
    case 'anything at all':
      return { step: someInt64(random), timestamp: someInt64(random), value }
  }
}

function someInt64(random: Random): Int64 {
  if (random.chance(0.1)) return random.pick([int64Min, int64Max, Number.MAX_SAFE_INTEGER, 2n ** 53n])
  return random.chance(0.3) ? random.int64() : random.integer(-20, 20)
}

async function compare(database: Database, metric: string, points: readonly ListedPoint[], random: Random) {
  const series = await source(database, metric)
  const expected = expectedOf(points)
  expect(listed(await readPoints(series))).toEqual(expected.bySteps)
  expect(listed((await readHistory(series)).points)).toEqual(expected.inTime)
  expect(await pages(series, random.integer(1, 40))).toEqual(expected.inTime)

  const [start, end] = [random.pick(points).step, random.pick(points).step].sort((a, b) => (a < b ? -1 : 1))
  for (const samples of [1, 2, 7, 100, 2500]) {
    expect(listed(await sampleSeries(series, samples))).toEqual(expected.sampled(samples))
    const sampled = await sampleSeries(series, samples, { axis: 'step', start, end })
    expect(listed(sampled)).toEqual(expected.sampled(samples, start, end))
  }
  for (const axis of ['step', 'time'] as const) {
    const place = axis === 'step' ? 'step' : 'timestamp'
    const [from, to] = [random.pick(points)[place], random.pick(points)[place]].sort((a, b) => (a < b ? -1 : 1))
    expect(listed(await readPoints(series, { axis, start: from, end: to }))).toEqual(expected.between(axis, from!, to!))
    for (const bounds of [{}, { start: from, end: to }]) {
      const all = axis === 'step' ? expected.bySteps : expected.inTime
      const rows = bounds.start === undefined ? all : expected.between(axis, from!, to!)
      const buckets = await bucketSeries(series, random.integer(1, 60), { axis, ...bounds })
      expect(buckets).toEqual(
        buckets.map((bucket) => ({
          from: bucket.from,
          to: bucket.to,
          ...figures(rows, place, bucket.from, bucket.to),
        })),
      )
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length)
    }
  }
}

function figures(rows: readonly ListedPoint[], place: 'step' | 'timestamp', from: Int64, to: Int64) {
  const inside = rows.filter((point) => point[place] >= from && point[place] <= to)
  const numbers = inside.map(({ value }) => value).filter((value) => !Number.isNaN(value))
  return {
    count: inside.length,
    nanCount: inside.length - numbers.length,
    first: inside[0],
    last: inside.at(-1),
    min: numbers.length === 0 ? null : Math.min(...numbers),
    max: numbers.length === 0 ? null : Math.max(...numbers),
  }
}

async function pages(series: Awaited<ReturnType<typeof source>>, limit: number): Promise<ListedPoint[]> {
  const all: ListedPoint[] = []
  let after: HistoryPlace | undefined
  do {
    const page = await readHistory(series, after, limit)
    expect(page.points.length).toBeLessThanOrEqual(limit)
    all.push(...listed(page.points))
    after = page.next
  } while (after !== undefined)
  return all
}

async function source(database: Database, metric: string) {
  const found = await findSeries(database.read, tenant, [run], metric)
  return { db: database.read, tenant, series: found.get(run)! }
}

async function merge(database: Database, metric: string): Promise<void> {
  const { series } = await source(database, metric)
  expect(await mergeSeries(database, tenant, [series], Date.now())).toBe(true)
}

async function createRun(database: Database, runId: string): Promise<void> {
  const fields = { name: 'run', userId: '', startTime: 0, artifactUri: '', tags: [] }
  await write(database, { kind: 'create-run', runId, experiment: 0, ...fields })
}

async function log(database: Database, runId: string, key: string, points: readonly ListedPoint[]): Promise<void> {
  const metrics = points.map((point) => ({ key, ...point }))
  await write(database, { kind: 'log', runId, metrics, params: [], tags: [], source: 'batch' })
}

async function write(database: Database, record: IngestRecord): Promise<void> {
  expect(await database.writeGroup(tenant, newBatchId(Date.now()), [record])).toMatchObject([{ ok: true }])
}

function range(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, i) => ({ step: from + i, timestamp: 1000 + i, value: i / 2 }))
}
