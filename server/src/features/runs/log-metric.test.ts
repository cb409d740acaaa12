import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const seeDocs = 'See the API docs for more information about request parameters.'

describe.each(databases)('runs/log-metric on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = (body: object) => server.mlflow.post('/2.0/mlflow/runs/log-metric', body)
  const metrics = async (run_id: string) =>
    (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run.data.metrics

  test('the latest value is that of the greatest step, then timestamp, then value', async () => {
    const run_id = await server.given.run()
    const point = { run_id, key: 'm' }
    for (const rest of [
      { value: 1, timestamp: 5 },
      { value: 2, timestamp: 4, step: 1 },
      { value: 3, timestamp: 9, step: 0 },
      { value: 1.5, timestamp: 4, step: 1 },
      { value: 7, timestamp: 1, step: -3 },
    ]) {
      expect(await log({ ...point, ...rest })).toMatchObject({ status: 200, text: '{}' })
    }
    expect(await metrics(run_id)).toEqual([{ key: 'm', value: 2, timestamp: 4, step: 1 }])
  })

  test('NaN counts as 0 among values of the same step and time', async () => {
    const run_id = await server.given.run()
    const same = { run_id, timestamp: 1, step: 1 }
    await log({ ...same, key: 'over', value: -1 })
    await log({ ...same, key: 'over', value: 'NaN' })
    await log({ ...same, key: 'under', value: 'NaN' })
    await log({ ...same, key: 'under', value: 0.5 })
    expect((await metrics(run_id)).map(({ value }: { value: unknown }) => value)).toEqual(['NaN', 0.5])
  })

  test.each([
    ['1.5', 1.5],
    ['1e3', 1000],
    [true, 1],
    ['-Infinity', -1.7976931348623157e308],
    ['inf', 1.7976931348623157e308],
    [123456789012345678n, 123456789012345680],
    [0, 0],
  ])('a value may be written as %s', async (value, stored) => {
    const run_id = await server.given.run()
    expect((await log({ run_id, key: 'm', value, timestamp: '0' })).status).toBe(200)
    expect(await metrics(run_id)).toEqual([{ key: 'm', value: stored, timestamp: 0, step: 0 }])
  })

  test('run_uuid will do; a dataset without a model is dropped', async () => {
    const id = await server.given.run()
    const body = {
      run_uuid: id,
      key: 'm',
      value: 1,
      timestamp: 1,
      dataset_name: 'd',
      dataset_digest: 'x',
      model_id: '',
    }
    expect((await log(body)).status).toBe(200)
    expect(await metrics(id)).toHaveLength(1)
  })

  test.each([{ dataset_name: 'd' }, { dataset_digest: 'x' }, { dataset_name: 'd', dataset_digest: '' }])(
    'a dataset has a name and a digest: %j is refused, also in a batch',
    async (dataset) => {
      const run_id = await server.given.run()
      const metric = { key: 'm', value: 1, timestamp: 1, ...dataset }
      const batch = server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics: [metric] })
      for (const answer of [await log({ run_id, ...metric }), await batch]) {
        expect(answer.status).toBe(400)
        expect(answer.body).toMatchObject({
          error_code: 'INVALID_PARAMETER_VALUE',
          message: 'Both dataset_name and dataset_digest must be provided if one is provided',
        })
      }
      expect(await metrics(run_id)).toBeUndefined()
    },
  )

  test('a value for an unknown logged model is refused, and not stored with the run either', async () => {
    const run_id = await server.given.run()
    const model_id = `m-${'0'.repeat(32)}`
    expect(await log({ run_id, key: 'm', value: 1, timestamp: 1, model_id })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    expect(await metrics(run_id)).toBeUndefined()
  })

  test.each(['run_id', 'key', 'value', 'timestamp'])('%s is required', async (field) => {
    const whole: Record<string, unknown> = { run_id: 'x', key: 'm', value: 1, timestamp: 1 }
    for (const missing of [undefined, null, '']) {
      expect(await log({ ...whole, [field]: missing })).toMatchObject({
        status: 400,
        body: {
          error_code: 'INVALID_PARAMETER_VALUE',
          message: `Missing value for required parameter '${field}'. ${seeDocs}`,
        },
      })
    }
  })

  test.each([
    ['value', 'abc'],
    ['value', 'nan'],
    ['value', [1]],
    ['timestamp', 1.5],
    ['timestamp', 'x'],
    ['step', '1.5'],
    ['step', 9223372036854775808n],
    ['key', 5],
    ['model_id', 5],
  ])('a value of the wrong type is refused and nothing stored: %s %s', async (field, value) => {
    const run_id = await server.given.run()
    const { status, body } = await log({ run_id, key: 'm', value: 1, timestamp: 1, [field]: value })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(`for parameter '${field}' supplied`),
    })
    expect(await metrics(run_id)).toBeUndefined()
  })

  test('what is wrong with the metric comes before what is wrong with the run', async () => {
    const point = { run_id: 'nope', key: 'm', value: 1, timestamp: 1 }
    const refuse = async (change: object, message: string) => {
      expect(await log({ ...point, ...change })).toMatchObject({ status: 400, body: { message } })
    }
    const rule =
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).'
    await refuse({ key: 'a$' }, `Invalid value "a$" for parameter 'name' supplied: ${rule}`)
    await refuse(
      { timestamp: -1 },
      "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.0). " +
        'Timestamp must be a nonnegative long (64-bit integer) ',
    )
    await refuse({ key: 'k'.repeat(251) }, "'Metric name' exceeds the maximum length of 250 characters")
    expect(await log(point)).toMatchObject({ status: 404, body: { message: 'Run with id=nope not found' } })
  })

  test('a deleted run takes no metric', async () => {
    const run_id = await server.given.run()
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    expect(await log({ run_id, key: 'm', value: 1, timestamp: 1 })).toMatchObject({
      status: 400,
      body: { message: `The run ${run_id} must be in the 'active' state. Current state is deleted.` },
    })
  })

  test('writers at the same time on one run lose nothing', async () => {
    const run_id = await server.given.run()
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, step) => log({ run_id, key: `m${step % 4}`, value: step, timestamp: 1, step })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const latest = Object.fromEntries(
      (await metrics(run_id)).map(({ key, value }: { key: string; value: number }) => [key, value]),
    )
    expect(latest).toEqual({ m0: 196, m1: 197, m2: 198, m3: 199 })
  })
})
