import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/runs/create'

describe.each(databases)('runs/create on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const create = (body: object) => server.mlflow.post(path, body)
  const read = async (run_id: string) => (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run

  test('answers the run, in the real server’s form', async () => {
    const experiment_id = await server.given.experiment()
    const { status, text, body } = await create({ experiment_id, run_name: 'r1', start_time: 123 })
    const id = body.run.info.run_id
    expect(status).toBe(200)
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(text).toBe(`{
  "run": {
    "info": {
      "run_uuid": "${id}",
      "experiment_id": "${experiment_id}",
      "run_name": "r1",
      "user_id": "",
      "status": "RUNNING",
      "start_time": 123,
      "artifact_uri": "mlflow-artifacts:/${experiment_id}/${id}/artifacts",
      "lifecycle_stage": "active",
      "run_id": "${id}"
    },
    "data": {
      "tags": [
        {
          "key": "mlflow.runName",
          "value": "r1"
        }
      ]
    },
    "inputs": {}
  }
}`)
    const { outputs, ...rest } = await read(id)
    expect({ run: rest }).toEqual(body)
    expect(outputs).toEqual({})
  })

  test('absent fields: start time 0, no user, a random name', async () => {
    const { body } = await create({ experiment_id: '0' })
    const { info, data } = body.run
    expect(info).toMatchObject({ start_time: 0, user_id: '' })
    expect(info.run_name).toMatch(/^[a-z]+-[a-z]+-\d{1,4}$/)
    expect(data.tags).toEqual([{ key: 'mlflow.runName', value: info.run_name }])
  })

  test('the name comes from the tag when none is given; an empty one counts as none', async () => {
    const tags = [{ key: 'mlflow.runName', value: 'tagged' }]
    for (const given of [{}, { run_name: '' }, { run_name: 'tagged' }]) {
      const { body } = await create({ experiment_id: '0', tags, ...given })
      expect(body.run.info.run_name).toBe('tagged')
      expect(body.run.data.tags).toEqual(tags)
    }
  })

  test('two different names are refused', async () => {
    const tags = [{ key: 'mlflow.runName', value: 'm' }]
    expect(await create({ experiment_id: '0', run_name: 'n', tags })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message:
          "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
          "(run_name='n', mlflow.runName='m').",
      },
    })
  })

  test.each([
    [
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '1' },
      ],
    ],
    [[{ key: 'mlflow.runName', value: '' }]],
    [[{ value: 'x' }, {}]],
  ])('a tag given twice is refused: %j', async (tags) => {
    expect(await create({ experiment_id: '0', tags })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
  })

  test('tags are neither checked nor cut', async () => {
    const tags = [
      { key: 'a/../b', value: 'x' },
      { key: 'k'.repeat(300), value: 'v'.repeat(9000) },
      { key: '', value: 'empty key' },
      { key: 'ключ 🚀', value: '値\n"\\' },
    ]
    const { body } = await create({ experiment_id: '0', run_name: 'n', tags })
    const all = [...tags, { key: 'mlflow.runName', value: 'n' }]
    expect(body.run.data.tags).toEqual(all)
    const stored = (await read(body.run.info.run_id)).data.tags
    expect(new Set(stored)).toEqual(new Set(all))
  })

  test.each([
    ['-9223372036854775808', -9223372036854775808n],
    [9223372036854775807n, 9223372036854775807n],
    ['9007199254740993', 9007199254740993n],
    [-5, -5],
    ['15', 15],
  ])('keeps the start time %s exactly', async (start_time, exact) => {
    const { body } = await create({ experiment_id: '0', start_time })
    expect(body.run.info.start_time).toBe(exact)
    expect((await read(body.run.info.run_id)).info.start_time).toBe(exact)
  })

  test('long names and users, and unicode in them, are stored', async () => {
    const run_name = `実験 ${'n'.repeat(1000)}`
    const { body } = await create({ experiment_id: '0', run_name, user_id: 'ü'.repeat(300) })
    expect((await read(body.run.info.run_id)).info).toMatchObject({ run_name, user_id: 'ü'.repeat(300) })
  })

  test('artifacts lie below the experiment’s location', async () => {
    const experiment_id = await server.given.experiment({ artifact_location: 's3://bucket/x/' })
    const { info } = (await create({ experiment_id })).body.run
    expect(info.artifact_uri).toBe(`s3://bucket/x/${info.run_id}/artifacts`)
  })

  test('an experiment must be named, exist and be active', async () => {
    for (const body of [{}, { experiment_id: '' }, { experiment_id: null }]) {
      expect(await create(body)).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } })
    }
    expect(await create({ experiment_id: 'abc' })).toMatchObject({
      status: 400,
      body: { message: "Invalid experiment ID 'abc'. Experiment ID must be a valid integer." },
    })
    expect(await create({ experiment_id: '999999' })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No Experiment with id=999999 exists' },
    })
    const experiment_id = await server.given.experiment()
    await server.mlflow.post('/2.0/mlflow/experiments/delete', { experiment_id })
    expect(await create({ experiment_id })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: `The experiment ${experiment_id} must be in the 'active' state. Current state is deleted.`,
      },
    })
  })

  test.each([
    ['experiment_id', 5],
    ['run_name', ['x']],
    ['start_time', 1.5],
    ['start_time', '9223372036854775808'],
    ['tags', 'x'],
    ['tags', [{ key: 1 }]],
    ['user_id', {}],
  ])('a value of the wrong type is refused and named: %s %j', async (field, value) => {
    const { status, body } = await create({ experiment_id: '0', [field]: value })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(field) })
  })

  test('runs that are created at once all get their own ids', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => create({ experiment_id: '0' })))
    expect(new Set(answers.map(({ body }) => body.run.info.run_id)).size).toBe(200)
  })

  test('the other face answers the same run and its version', async () => {
    const { status, body, headers } = await server.aidp.post(path, { experiment_id: '0', run_name: 'both' })
    expect(status).toBe(200)
    expect(headers['etag']).toBe('"1"')
    expect((await read(body.run.info.run_id)).info).toEqual(body.run.info)
  })
})
