import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/metrics/get-history'
const seeDocs = 'See the API docs for more information about request parameters.'

describe.each(databases)('metrics/get-history on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = async (run_id: string, metrics: readonly object[]) => {
    const answer = await server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics })
    expect(answer.status, answer.text).toBe(200)
  }
  const point = (value: number | string, timestamp: number | bigint, step: number | bigint = 0, key = 'm') => ({
    key,
    value,
    timestamp,
    step,
  })

  test('points come by timestamp, step and value, NaN as 0, repeats once', async () => {
    const run_id = await server.given.run()
    const ordered = [
      point(2, 1, 9),
      point(5, 3, -1),
      point(-1, 3, 7),
      point(0, 3, 7),
      point('NaN', 3, 7),
      point(1, 3, 7),
      point(1.7976931348623157e308, 4),
    ]
    await log(run_id, [...ordered].reverse())
    await log(run_id, [...ordered.slice(2, 5), point('Infinity', 4), point(8, 1, 1, 'other')])
    const answer = await server.mlflow.get(path, { run_id, metric_key: 'm' })
    expect(answer.body).toEqual({ metrics: ordered })
    expect(answer.text).toContain('"value": "NaN"')
    expect((await server.mlflow.get(path, { run_uuid: run_id, metric_key: 'm' })).body).toEqual(answer.body)
    expect((await server.aidp.get(path, { run_id, metric_key: 'm' })).body).toEqual(answer.body)
  })

  test('the first lines are those of MLflow', async () => {
    const run_id = await server.given.run()
    await log(run_id, [point(1, 1_700_000_000_000, 3, 'é/x y')])
    expect((await server.mlflow.get(path, { run_id, metric_key: 'é/x y' })).text).toBe(
      '{\n  "metrics": [\n    {\n      "key": "\\u00e9/x y",\n      "value": 1.0,\n      "timestamp": 1700000000000,\n' +
        '      "step": 3\n    }\n  ]\n}',
    )
  })

  test('64-bit integers are exact', async () => {
    const run_id = await server.given.run()
    const points = [point(1, 5, 9223372036854775807n), point(2, 9223372036854775807n, -9223372036854775808n)]
    await log(run_id, points)
    expect((await server.mlflow.get(path, { run_id, metric_key: 'm' })).body.metrics).toEqual(points)
    const first = (await server.mlflow.get(path, { run_id, metric_key: 'm', max_results: 1 })).body
    const page_token = first.next_page_token
    const second = (await server.mlflow.get(path, { run_id, metric_key: 'm', max_results: 1, page_token })).body
    expect([first.metrics, second]).toEqual([[points[0]], { metrics: [points[1]] }])
  })

  const allPages = async (run_id: string, max_results: number | string, between = async () => {}) => {
    const found: unknown[] = []
    let page_token = ''
    do {
      const { body } = await server.mlflow.get(path, { run_id, metric_key: 'm', max_results, page_token })
      expect(body.metrics.length).toBeLessThanOrEqual(Number(max_results))
      found.push(...body.metrics)
      page_token = body.next_page_token ?? ''
      await between()
    } while (page_token !== '')
    return found
  }

  test('pages put together are the whole', async () => {
    const run_id = await server.given.run()
    const points = Array.from({ length: 100 }, (_, i) => point(i % 3 ? i : 'NaN', 10 + Math.floor(i / 7), i % 5))
    for (let from = 0; from < 100; from += 10) await log(run_id, points.slice(from, from + 10))
    const whole = (await server.mlflow.get(path, { run_id, metric_key: 'm' })).body.metrics
    expect(whole).toHaveLength(100)
    for (const max_results of [1, 7, 99, 100, 101, '9999999999']) {
      expect(await allPages(run_id, max_results), `${max_results} a page`).toEqual(whole)
    }
    // Points before the place that has been reached do not shift what follows.
    expect(await allPages(run_id, 30, () => log(run_id, [point(1, 0, 0)]))).toEqual(whole)
  })

  test('a token goes without max_results, to the end', async () => {
    const run_id = await server.given.run()
    await log(
      run_id,
      [1, 2, 3, 4].map((i) => point(i, i)),
    )
    const { next_page_token } = (await server.mlflow.get(path, { run_id, metric_key: 'm', max_results: 1 })).body
    const rest = await server.mlflow.get(path, { run_id, metric_key: 'm', page_token: next_page_token })
    expect(rest.body.metrics.map(({ value }: { value: number }) => value)).toEqual([2, 3, 4])
    const page = await server.aidp.get(path, { run_id, metric_key: 'm', max_results: 2 })
    expect(page.headers['opc-next-page']).toBe(page.body.next_page_token)
  })

  test('an unknown run or metric has an empty history; a deleted run keeps its own', async () => {
    const run_id = await server.given.run()
    await log(run_id, [point(1, 1)])
    for (const query of [
      { run_id, metric_key: 'other' },
      { run_id: 'f'.repeat(32), metric_key: 'm' },
      { run_id: 'no run', metric_key: 'm' },
    ]) {
      expect(await server.mlflow.get(path, query)).toMatchObject({ status: 200, text: '{}' })
    }
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    expect((await server.mlflow.get(path, { run_id, metric_key: 'm' })).body.metrics).toHaveLength(1)
  })

  test.each([
    [{ metric_key: 'm' }, `Missing value for required parameter 'run_id'. ${seeDocs}`],
    [{ run_id: '', metric_key: 'm' }, `Missing value for required parameter 'run_id'. ${seeDocs}`],
    [{ run_id: 'a' }, `Missing value for required parameter 'metric_key'. ${seeDocs}`],
    [{ run_id: 'a', metric_key: '' }, `Missing value for required parameter 'metric_key'. ${seeDocs}`],
    [
      { run_id: 'a', metric_key: 'm', max_results: 0 },
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.",
    ],
    [
      { run_id: 'a', metric_key: 'm', max_results: -5 },
      "Invalid value -5 for parameter 'max_results' supplied. It must be a positive integer.",
    ],
    [
      { run_id: 'a', metric_key: 'm', max_results: 'x' },
      `Invalid value "x" for parameter 'max_results' supplied:  Hint: Value was of type 'str'. ${seeDocs}`,
    ],
  ])('%j is refused', async (query, message) => {
    expect(await server.mlflow.get(path, query as Record<string, string>)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
  })

  test.each(['x', '!!', 'eyJvZmZzZXQiOiAyfQ==', Buffer.from('1 2').toString('base64url')])(
    'the token %j is refused',
    async (page_token) => {
      expect(await server.mlflow.get(path, { run_id: 'a', metric_key: 'm', page_token })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(/^Invalid page token/) },
      })
    },
  )

  test('a long history comes whole', async () => {
    const run_id = await server.given.run()
    for (let batch = 0; batch < 12; batch++) {
      await log(
        run_id,
        Array.from({ length: 1000 }, (_, i) => point(i / 7, batch * 1000 + i, i)),
      )
    }
    const { metrics } = (await server.mlflow.get(path, { run_id, metric_key: 'm' })).body
    expect(metrics).toHaveLength(12_000)
    expect(metrics[11_999]).toEqual(point(999 / 7, 11_999, 999))
  })
})
