import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/metrics/get-history-bulk-interval'
const seeDocs = 'See the API docs for more information about request parameters.'

interface Point {
  readonly step: number
  readonly run_id: string
}

describe.each(databases)('metrics/get-history-bulk-interval on %s', (engine) => {
  let server: TestServer
  let long: string
  let short: string
  beforeAll(async () => {
    server = await startTestServer(engine)
    long = await server.given.run()
    short = await server.given.run()
    const log = (run_id: string, metrics: readonly object[]) =>
      server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics })
    const steps = Array.from({ length: 1000 }, (_, step) => ({
      key: 'm',
      value: step / 2,
      timestamp: 5000 - step,
      step,
    }))
    await log(long, steps)
    await log(short, [
      { key: 'm', value: 1, timestamp: 9, step: 7 },
      { key: 'm', value: 'NaN', timestamp: 3, step: 7 },
      { key: 'm', value: -1, timestamp: 3, step: 7 },
      { key: 'm', value: 0, timestamp: 3, step: 7 },
      { key: 'é', value: 4, timestamp: 9223372036854775807n, step: -9223372036854775808n },
    ])
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const stepsOf = (points: readonly Point[]) => points.map(({ step }) => step)

  // Steps as the real server samples the same 1,000 points.
  test.each([
    [10, undefined, undefined, [0, 100, 200, 300, 400, 500, 600, 700, 800, 999]],
    [7, undefined, undefined, [0, 143, 286, 429, 572, 715, 999]],
    [2, undefined, undefined, [0, 999]],
    [1, undefined, undefined, [999]],
    [10, 5, 25, [5, 8, 10, 12, 14, 16, 18, 20, 22, 25]],
    [5, -100, 1, [0, 1]],
  ])('%d samples from %s to %s', async (max_results, start_step, end_step, expected) => {
    const range = start_step === undefined ? {} : { start_step, end_step }
    const query = { run_ids: long, metric_key: 'm', max_results, ...range } as Record<string, string | number>
    expect(stepsOf((await server.mlflow.get(path, query)).body.metrics)).toEqual(expected)
  })

  test('runs come as given, repeats repeated; points by step, timestamp, value and NaN', async () => {
    const { body } = await server.mlflow.get(path, {
      run_ids: [short, long, 'nope', short],
      metric_key: 'm',
      max_results: 4,
    })
    const ofShort = [
      { key: 'm', value: -1, timestamp: 3, step: 7, run_id: short },
      { key: 'm', value: 0, timestamp: 3, step: 7, run_id: short },
      { key: 'm', value: 'NaN', timestamp: 3, step: 7, run_id: short },
      { key: 'm', value: 1, timestamp: 9, step: 7, run_id: short },
    ]
    expect(body.metrics.slice(0, 4)).toEqual(ofShort)
    expect(body.metrics.slice(8)).toEqual(ofShort)
    expect(new Set(body.metrics.slice(4, 8).map(({ run_id }: Point) => run_id))).toEqual(new Set([long]))
  })

  test('without max_results up to 2,500 points of each run', async () => {
    expect((await server.mlflow.get(path, { run_ids: long, metric_key: 'm' })).body.metrics).toHaveLength(1000)
  })

  test('64-bit steps are exact, also as ends of the range', async () => {
    const range = { start_step: '-9223372036854775808', end_step: '-9223372036854775808' }
    expect((await server.aidp.get(path, { run_ids: short, metric_key: 'é', ...range })).body).toEqual({
      metrics: [{ key: 'é', value: 4, timestamp: 9223372036854775807n, step: -9223372036854775808n, run_id: short }],
    })
  })

  test('nothing found is an empty answer', async () => {
    for (const query of [
      { run_ids: 'nope', metric_key: 'm' },
      { run_ids: '', metric_key: 'm' },
      { run_ids: long, metric_key: 'x' },
      { run_ids: long, metric_key: 'm', start_step: 5000, end_step: 6000 },
    ]) {
      expect(await server.mlflow.get(path, query as Record<string, string>)).toMatchObject({ status: 200, text: '{}' })
    }
  })

  test('the interface below /ajax-api answers the same', async () => {
    const query = `run_ids=${long}&metric_key=m&max_results=3`
    const [api, ajax] = await Promise.all(
      ['/api', '/ajax-api'].map((prefix) => server.http.inject({ url: `${prefix}${path}?${query}` })),
    )
    expect(ajax?.body).toBe(api?.body)
  })

  test.each([
    [{ metric_key: 'm' }, `Missing value for required parameter 'run_ids'. ${seeDocs}`],
    [{ run_ids: 'a' }, `Missing value for required parameter 'metric_key'. ${seeDocs}`],
    [{ run_ids: 'a', metric_key: 'm', max_results: 0 }, `max_results must be between 1 and 2500. ${seeDocs}`],
    [{ run_ids: 'a', metric_key: 'm', max_results: 2501 }, `max_results must be between 1 and 2500. ${seeDocs}`],
    [
      { run_ids: 'a', metric_key: 'm', max_results: 'x' },
      `Invalid value "x" for parameter 'max_results' supplied:  Hint: Value was of type 'str'. ${seeDocs}`,
    ],
    [
      { run_ids: 'a', metric_key: 'm', start_step: 1 },
      'If either start step or end step are specified, both must be specified.',
    ],
    [
      { run_ids: 'a', metric_key: 'm', end_step: 1 },
      'If either start step or end step are specified, both must be specified.',
    ],
    [
      { run_ids: 'a', metric_key: 'm', start_step: 5, end_step: 1 },
      'end_step must be greater than start_step. Found start_step=5 and end_step=1.',
    ],
    [
      { run_ids: Array.from({ length: 101 }, () => 'a'), metric_key: 'm' },
      `GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids. ${seeDocs}`,
    ],
  ])('%j is refused', async (query, message) => {
    expect(await server.mlflow.get(path, query as Record<string, string>)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
  })
})
