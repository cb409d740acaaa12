import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { createRandom } from '../../testing/random.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/runstead/metrics/series'

interface Point {
  readonly step: number
  readonly timestamp: number
  readonly value: number | 'NaN'
}

interface Bucket {
  readonly start: number
  readonly end: number
  readonly count: number
  readonly nan_count: number
  readonly first: Point
  readonly last: Point
  readonly min?: number
  readonly max?: number
}

describe.each(databases)('the series endpoint on %s', (engine) => {
  let server: TestServer
  let run: string
  const points: Point[] = []
  beforeAll(async () => {
    server = await startTestServer(engine)
    run = await server.given.run()
    const random = createRandom(3)
    for (let step = 0; step < 3000; step++) {
      const value = random.chance(0.1) ? 'NaN' : random.number()
      points.push({ step: Math.floor(step / 2), timestamp: 100_000 - step * 7, value })
    }
    points[1234] = { ...points[1234]!, value: 1000 }
    for (let from = 0; from < 3000; from += 500) await log(run, 'm', points.slice(from, from + 500))
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = async (run_id: string, key: string, values: readonly object[]) => {
    const metrics = values.map((point) => ({ key, ...point }))
    const answer = await server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics })
    expect(answer.status, answer.text).toBe(200)
  }
  const bucketsOf = async (query: Record<string, string | number | bigint>): Promise<Bucket[]> => {
    const text = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
    const answer = await server.mlflow.get(path, { run_ids: run, metric_key: 'm', ...text })
    expect(answer.status, answer.text).toBe(200)
    return answer.body.series?.[0]?.buckets ?? []
  }

  test.each([
    [{ buckets: 1 }],
    [{ buckets: 7 }],
    [{ buckets: 100, by: 'step' }],
    [{}],
    [{ buckets: 2500 }],
    [{ buckets: 7, by: 'timestamp' }],
    [{ buckets: 64, start: 100, end: 1100 }],
    [{ buckets: 10, start: -500 }],
    [{ buckets: 10, end: 99, by: 'step' }],
    [{ buckets: 33, start: 90_000, end: 95_000, by: 'timestamp' }],
  ])('%j: every point is in one bucket, and no peak is lost', async (query: Record<string, string | number>) => {
    const place = query['by'] === 'timestamp' ? ('timestamp' as const) : ('step' as const)
    const inOrder = points
      .filter((point) => point[place] >= Number(query['start'] ?? -1e9) && point[place] <= Number(query['end'] ?? 1e9))
      .sort((a, b) => comparePoints(place, a, b))
    const buckets = await bucketsOf(query)
    expect(buckets.length).toBeGreaterThan(0)
    expect(buckets.length).toBeLessThanOrEqual(Number(query['buckets'] ?? 500))
    let taken = 0
    for (const [index, bucket] of buckets.entries()) {
      const inside = inOrder.slice(taken, taken + bucket.count)
      const numbers = inside.flatMap(({ value }) => (value === 'NaN' ? [] : [value]))
      expect(bucket).toEqual({
        start: bucket.start,
        end: bucket.end,
        count: inside.length,
        nan_count: inside.length - numbers.length,
        first: inside[0],
        last: inside.at(-1),
        ...(numbers.length === 0 ? {} : { min: Math.min(...numbers), max: Math.max(...numbers) }),
      })
      expect(inside.every((point) => point[place] >= bucket.start && point[place] <= bucket.end)).toBe(true)
      expect(bucket.start).toBeGreaterThan(buckets[index - 1]?.end ?? Number.NEGATIVE_INFINITY)
      taken += bucket.count
    }
    expect(taken).toBe(inOrder.length)
    if (inOrder.some(({ value }) => value === 1000)) expect(Math.max(...buckets.map(({ max = 0 }) => max))).toBe(1000)
  })

  test('buckets have one width over the whole range asked for, and empty ones are left out', async () => {
    const run_id = await server.given.run()
    await log(run_id, 'm', [
      { value: 1, timestamp: 1, step: 10 },
      { value: 2, timestamp: 2, step: 99 },
    ])
    const buckets = await bucketsOf({ run_ids: run_id, start: 0, end: 99, buckets: 10 })
    expect(buckets.map(({ start, end }) => [start, end])).toEqual([
      [10, 19],
      [90, 99],
    ])
  })

  test('several runs, each once, and only those that have points', async () => {
    const other = await server.given.run()
    await log(other, 'm', [
      { value: 'NaN', timestamp: 1, step: -9223372036854775808n },
      { value: 'NaN', timestamp: 2, step: 9223372036854775807n },
    ])
    const run_ids = [other, 'nope', run, other]
    const { series } = (await server.aidp.get(path, { run_ids, metric_key: 'm', buckets: 1 })).body
    expect(series.map(({ run_id }: { run_id: string }) => run_id)).toEqual([other, run])
    expect(series[0].buckets).toEqual([
      {
        start: -9223372036854775808n,
        end: 9223372036854775807n,
        count: 2,
        nan_count: 2,
        first: { step: -9223372036854775808n, timestamp: 1, value: 'NaN' },
        last: { step: 9223372036854775807n, timestamp: 2, value: 'NaN' },
      },
    ])
  })

  test('nothing found is an empty answer', async () => {
    for (const query of [
      { run_ids: 'nope', metric_key: 'm' },
      { run_ids: run, metric_key: 'x' },
      { run_ids: run, metric_key: 'm', start: 5000 },
    ]) {
      expect(await server.mlflow.get(path, query as Record<string, string>)).toMatchObject({ status: 200, text: '{}' })
    }
  })

  test.each([
    [{ metric_key: 'm' }, /'run_ids'/],
    [{ run_ids: 'a' }, /'metric_key'/],
    [{ run_ids: Array.from({ length: 101 }, () => 'a'), metric_key: 'm' }, /At most 100 run_ids/],
    [{ run_ids: 'a', metric_key: 'm', by: 'time' }, /'by'.*step, timestamp/],
    [{ run_ids: 'a', metric_key: 'm', buckets: 0 }, /buckets must be between 1 and 2500, not 0/],
    [{ run_ids: 'a', metric_key: 'm', buckets: 2501 }, /buckets/],
    [{ run_ids: 'a', metric_key: 'm', buckets: 'x' }, /'buckets'/],
    [{ run_ids: 'a', metric_key: 'm', start: 2, end: 1 }, /end must not be less than start/],
    [{ run_ids: 'a', metric_key: 'm', start: '9223372036854775808' }, /'start'/],
  ])('%j is refused', async (query, message) => {
    expect(await server.mlflow.get(path, query as Record<string, string>)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) },
    })
  })
})

/** By the place on the axis, then the other, then the value with NaN as 0. */
function comparePoints(place: 'step' | 'timestamp', a: Point, b: Point): number {
  const other = place === 'step' ? 'timestamp' : 'step'
  const rank = ({ value }: Point) => (value === 'NaN' ? 0 : value)
  return a[place] - b[place] || a[other] - b[other] || rank(a) - rank(b)
}
