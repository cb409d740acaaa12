import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const seeDocs = 'See the API docs for more information about request parameters.'
const metric = { key: 'm', value: 1, timestamp: 1 }
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}` }))

describe.each(databases)('runs/log-batch on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = (body: unknown) => server.mlflow.post('/2.0/mlflow/runs/log-batch', body)
  const read = async (run_id: string) => (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run
  const refuse = async (body: object, message: string) => {
    const answer = await log(body)
    expect(answer.body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message })
    expect(answer.status).toBe(400)
  }

  test('writes metrics, params and tags; of repeated tags the last wins', async () => {
    const run_id = await server.given.run({ run_name: 'n' })
    const answer = await log({
      run_id,
      metrics: [metric, metric, { key: 'm', value: 2, timestamp: 1, step: 1 }],
      params: [{ key: 'p', value: 'v'.repeat(6001) }, { key: 'q' }],
      tags: [
        { key: 't', value: '1' },
        { key: 't', value: '2' },
        { key: 'mlflow.runName', value: 'A' },
        { key: 'mlflow.runName', value: 'B' },
        { key: 'mlflow.runName', value: '' },
      ],
    })
    expect(answer).toMatchObject({ status: 200, text: '{}' })
    const { info, data } = await read(run_id)
    expect(info.run_name).toBe('B')
    expect(data).toEqual({
      metrics: [{ key: 'm', value: 2, timestamp: 1, step: 1 }],
      params: [
        { key: 'p', value: 'v'.repeat(6000) },
        { key: 'q', value: '' },
      ],
      tags: [
        { key: 'mlflow.runName', value: 'B' },
        { key: 't', value: '2' },
      ],
    })
  })

  test('may be empty', async () => {
    const run_id = await server.given.run()
    for (const lists of [{}, { metrics: [], params: [], tags: [] }, { metrics: null }]) {
      expect((await log({ run_id, ...lists })).status).toBe(200)
    }
  })

  test('a changed param refuses all of the batch', async () => {
    const run_id = await server.given.run()
    await log({
      run_id,
      params: [
        { key: 'p', value: '1' },
        { key: 'q', value: '5' },
      ],
    })
    const params = [
      { key: 'q', value: "it's" },
      { key: 'new', value: 'x' },
      { key: 'p', value: '2' },
    ]
    await refuse(
      { run_id, metrics: [metric], params, tags: [{ key: 't' }] },
      "Changing param values is not allowed. Params were already logged='[{'key': 'q', 'old_value': '5', 'new_value': " +
        `"it's"}, {'key': 'p', 'old_value': '1', 'new_value': '2'}]' for run ID='${run_id}'.`,
    )
    const { data } = await read(run_id)
    expect(data.metrics).toBeUndefined()
    expect(data.params).toHaveLength(2)
    expect(data.tags).toHaveLength(1)
  })

  test('an unknown logged model refuses all of the batch', async () => {
    const run_id = await server.given.run()
    const metrics = [metric, { ...metric, key: 'other', model_id: `m-${'0'.repeat(32)}` }]
    expect(await log({ run_id, metrics, params: [{ key: 'p' }] })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    expect((await read(run_id)).data.metrics).toBeUndefined()
    expect((await read(run_id)).data.params).toBeUndefined()
  })

  test.each([
    ['metrics', { value: 1, timestamp: 1 }, 'key'],
    ['metrics', { key: 'm', timestamp: 1 }, 'value'],
    ['metrics', { key: 'm', value: 1, timestamp: null }, 'timestamp'],
    ['params', { value: 'x' }, 'key'],
    ['tags', { key: '' }, 'key'],
  ])('%s %j is refused for its %s', async (list, item, field) => {
    const good = list === 'metrics' ? metric : { key: 'fine' }
    await refuse(
      { run_id: 'a/b', [list]: [good, item] },
      `Missing value for required parameter '${list}[1].${field}'. ${seeDocs}`,
    )
  })

  test('checks come in MLflow’s order', async () => {
    const rule =
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).'
    const bad = {
      run_id: 'a/b',
      metrics: [metric, { ...metric, key: 'm$' }],
      params: [{ key: 'p$' }, { key: 'd' }, { key: 'd' }],
      tags: [{ key: 't$' }, ...many(100)],
    }
    await refuse(bad, 'Invalid value "a/b" for parameter \'run_id\' supplied.')
    const known = { ...bad, run_id: 'nope' }
    await refuse(known, `Invalid value "m$" for parameter 'metrics[1].name' supplied: ${rule}`)
    const withoutMetrics = { ...known, metrics: [] }
    await refuse(withoutMetrics, `Invalid value "p$" for parameter 'params[0].key' supplied: ${rule}`)
    const withParams = { ...withoutMetrics, params: [{ key: 'd' }, { key: 'd' }] }
    await refuse(withParams, `Invalid value "t$" for parameter 'tags[0].key' supplied: ${rule}`)
    await refuse(
      { ...withParams, tags: many(101) },
      'A batch logging request can contain at most 100 tags. Got 101 tags. Please split up tags across multiple requests and try again.',
    )
    await refuse(
      { ...withParams, tags: [] },
      "Duplicate parameter keys have been submitted: ['d']. Please ensure the request contains only one param value per param key.",
    )
    expect(await log({ run_id: 'nope' })).toMatchObject({
      status: 404,
      body: { message: 'Run with id=nope not found' },
    })
  })

  test('limits', async () => {
    const run_id = await server.given.run()
    const metrics = (count: number) => many(count).map(({ key }) => ({ ...metric, key }))
    expect((await log({ run_id, metrics: metrics(1000) })).status).toBe(200)
    expect((await log({ run_id, metrics: metrics(800), params: many(100), tags: many(100) })).status).toBe(200)
    const split = (what: string) => `Please split up ${what} across multiple requests and try again.`
    await refuse(
      { run_id, metrics: metrics(1001) },
      `A batch logging request can contain at most 1000 metrics. Got 1001 metrics. ${split('metrics')}`,
    )
    await refuse(
      { run_id, params: many(101) },
      `A batch logging request can contain at most 100 params. Got 101 params. ${split('params')}`,
    )
    const all = 'metrics, params, and tags'
    await refuse(
      { run_id, metrics: metrics(901), params: many(50), tags: many(50) },
      `A batch logging request can contain at most 1000 ${all}. Got 1001 ${all}. ${split(all)}`,
    )
    await refuse(
      { run_id, metrics: [{ ...metric, key: 'k'.repeat(251) }] },
      "'Metric name' exceeds the maximum length of 250 characters",
    )
    await refuse(
      { run_id, tags: [{ key: 'k'.repeat(251) }] },
      "'tags[0].key' exceeds the maximum length of 250 characters",
    )
    await refuse(
      { run_id, metrics: [{ ...metric, timestamp: -1 }] },
      "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: metric 'm' (value=1.0). " +
        'Timestamp must be a nonnegative long (64-bit integer) ',
    )
  })

  test.each([
    [{ metrics: [{ ...metric, value: 'abc' }] }, 'metrics[0].value'],
    [{ metrics: [metric, { ...metric, step: 1.5 }] }, 'metrics[1].step'],
    [{ params: [{ key: 'p', value: 5 }] }, 'params[0].value'],
    [{ tags: [{ key: 't', value: [] }] }, 'tags[0].value'],
    [{ metrics: {} }, 'metrics'],
    [{ params: [null] }, 'params[0]'],
  ])('a value that cannot be read refuses all of it: %j', async (lists, field) => {
    const run_id = await server.given.run()
    const { status, body } = await log({ run_id, ...lists })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(`'${field}'`),
    })
    expect((await read(run_id)).data).toEqual({ tags: [expect.anything()] })
  })

  test('malformed JSON is refused', async () => {
    expect(await log('{"run_id": ')).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
  })

  test('a deleted run takes nothing', async () => {
    const run_id = await server.given.run()
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    await refuse({ run_id }, `The run ${run_id} must be in the 'active' state. Current state is deleted.`)
  })
})
