import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/log-model on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = (run_id: string, model: unknown) =>
    server.mlflow.post('/2.0/mlflow/runs/log-model', {
      run_id,
      model_json: typeof model === 'string' ? model : JSON.stringify(model),
    })
  const history = async (run_id: string) => {
    const { data } = (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run
    return data.tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history')?.value
  }
  const model = (run_id: string) => ({
    artifact_path: 'modèle',
    flavors: { sklearn: { version: '1.5', config: { secret: 1 }, list: [1, 2.5, null] }, odd: 5 },
    utc_time_created: '2026-01-02 03:04:05',
    run_id,
    signature: { inputs: '[]' },
  })

  test('adds the model to the history, as the real server writes it', async () => {
    const run_id = await server.given.run()
    expect(await log(run_id, model(run_id))).toMatchObject({ status: 200, text: '{}' })
    const first =
      `{"run_id": "${run_id}", "artifact_path": "mod\\u00e8le", "utc_time_created": "2026-01-02 03:04:05", ` +
      '"model_uuid": null, "flavors": {"sklearn": {"version": "1.5", "list": [1, 2.5, null]}, "odd": 5}}'
    expect(await history(run_id)).toBe(`[${first}]`)
    await log(
      run_id,
      `{"run_id": "r", "artifact_path": "p", "utc_time_created": "t", "model_uuid": "u", "flavors": {"f": {"x": 1.0, "nan": NaN, "big": 12345678901234567890}}}`,
    )
    expect(await history(run_id)).toBe(
      `[${first}, {"run_id": "r", "artifact_path": "p", "utc_time_created": "t", "model_uuid": "u", ` +
        '"flavors": {"f": {"x": 1.0, "nan": NaN, "big": 12345678901234567890}}}]',
    )
  })

  test('models that are logged at once all get in, and the history may outgrow other tags', async () => {
    const run_id = await server.given.run()
    const big = { ...model(run_id), flavors: { f: 'x'.repeat(2000) } }
    const answers = await Promise.all(Array.from({ length: 6 }, () => log(run_id, big)))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(JSON.parse(await history(run_id))).toHaveLength(6)
  })

  test('a document without a time gets one', async () => {
    const run_id = await server.given.run()
    await log(run_id, { ...model(run_id), utc_time_created: null, flavors: null, artifact_path: null })
    const [entry] = JSON.parse(await history(run_id))
    expect(entry).toEqual({ run_id, utc_time_created: entry.utc_time_created, model_uuid: null, flavors: {} })
    expect(entry.utc_time_created).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
  })

  test.each([
    ['{', 'Malformed model info. \n { \n is not a valid JSON.'],
    ['[]', 'Malformed model info. \n [] \n is not a JSON object.'],
    ['{"flavors": {}, "run_id": "r"}', "Model json is missing mandatory fields: {'artifact_path', 'utc_time_created'}"],
    [
      '{"flavors": [], "run_id": "r", "artifact_path": "p", "utc_time_created": "t"}',
      "Malformed model info: 'flavors' must be an object.",
    ],
  ])('%s is refused before the run is looked for', async (text, message) => {
    expect(await log('nope', text)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
  })

  test('runs that are unknown or deleted, and missing fields', async () => {
    const run_id = await server.given.run()
    expect(await log('nope', model('nope'))).toMatchObject({
      status: 404,
      body: { message: 'Run with id=nope not found' },
    })
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    expect(await log(run_id, model(run_id))).toMatchObject({
      status: 400,
      body: { message: `The run ${run_id} must be in the 'active' state. Current state is deleted.` },
    })
    expect(await server.mlflow.post('/2.0/mlflow/runs/log-model', { run_id })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Missing value for required parameter 'model_json'") },
    })
  })

  test('a history that somebody has overwritten is left alone', async () => {
    const run_id = await server.given.run()
    for (const value of ['junk', '{}']) {
      await server.mlflow.post('/2.0/mlflow/runs/set-tag', { run_id, key: 'mlflow.log-model.history', value })
      expect(await log(run_id, model(run_id))).toMatchObject({ status: 500, body: { error_code: 'INTERNAL_ERROR' } })
      expect(await history(run_id)).toBe(value)
    }
  })
})
