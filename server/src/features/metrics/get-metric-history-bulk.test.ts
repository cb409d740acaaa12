import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('metrics/get-history-bulk on %s', (engine) => {
  let server: TestServer
  let runs: string[]
  beforeAll(async () => {
    server = await startTestServer(engine)
    runs = [await server.given.run(), await server.given.run()].sort()
    for (const [index, run_id] of runs.entries()) {
      const metrics = [3, 2, 1].map((timestamp) => ({
        key: 'm',
        value: timestamp === 2 ? 'NaN' : index + timestamp / 2,
        timestamp,
        step: -9007199254740993n,
      }))
      await server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics })
    }
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const get = async (query: string, prefix = '/ajax-api') => {
    const answer = await server.http.inject({ url: `${prefix}/2.0/mlflow/metrics/get-history-bulk?${query}` })
    return { status: answer.statusCode, text: answer.body, type: answer.headers['content-type'] }
  }
  const both = () => `run_id=${runs[1]}&run_id=${runs[0]}&run_id=${runs[1]}&metric_key=m`

  test('one line by run, timestamp, step and value; a run given twice counts once; NaN is a string', async () => {
    const { status, text, type } = await get(both())
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' })
    const point = (run_id: string | undefined, timestamp: number, value: string) =>
      `{"key":"m","run_id":"${run_id}","step":-9007199254740993,"timestamp":${timestamp},"value":${value}}`
    expect(text.trimEnd()).toBe(
      `{"metrics":[${[
        point(runs[0], 1, '0.5'),
        point(runs[0], 2, '"NaN"'),
        point(runs[0], 3, '1.5'),
        point(runs[1], 1, '1.5'),
        point(runs[1], 2, '"NaN"'),
        point(runs[1], 3, '2.5'),
      ].join(',')}]}`,
    )
  })

  test('max_results counts the points of all runs', async () => {
    for (const [max, count] of [
      [0, 0],
      [4, 4],
      [6, 6],
      [1_000_000, 6],
    ]) {
      expect(JSON.parse((await get(`${both()}&max_results=${max}`)).text).metrics).toHaveLength(count as number)
    }
  })

  test('unknown runs and metrics have no points', async () => {
    for (const query of [
      'run_id=nope&metric_key=m',
      `run_id=${runs[0]}&metric_key=`,
      `run_id=${runs[0]}&metric_key=x`,
    ]) {
      expect(await get(query)).toMatchObject({ status: 200, text: '{"metrics":[]}\n' })
    }
  })

  test.each([
    ['', 'GetMetricHistoryBulk request must specify at least one run_id.'],
    ['metric_key=m', 'GetMetricHistoryBulk request must specify at least one run_id.'],
    ['run_id=a', 'GetMetricHistoryBulk request must specify a metric_key.'],
    [
      `metric_key=m${'&run_id=a'.repeat(101)}`,
      'GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.',
    ],
    ['run_id=a&metric_key=m&max_results=-1', /max_results/],
    ['run_id=a&metric_key=m&max_results=x', /max_results/],
  ])('%s is refused', async (query, message) => {
    const { status, text } = await get(query)
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 400,
      error_code: 'INVALID_PARAMETER_VALUE',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })

  test('it is there below /ajax-api alone', async () => {
    expect((await get(both(), '/api')).status).toBe(404)
    expect((await get(both(), `${server.mounts.aidp}/ajax-api`)).status).toBe(200)
  })
})
