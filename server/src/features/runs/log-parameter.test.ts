import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/log-parameter on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const log = (body: object) => server.mlflow.post('/2.0/mlflow/runs/log-parameter', body)
  const params = async (run_id: string) =>
    (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run.data.params

  test('the same value can be logged again, another one cannot', async () => {
    const run_id = await server.given.run()
    expect(await log({ run_id, key: 'p', value: "it's" })).toMatchObject({ status: 200, text: '{}' })
    expect((await log({ run_id, key: 'p', value: "it's" })).status).toBe(200)
    expect(await log({ run_id, key: 'p', value: 'y' })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message:
          `Changing param values is not allowed. Param with key='p' was already logged with value='it's' for run ID='${run_id}'. ` +
          "Attempted logging new value 'y'.",
      },
    })
    expect(await params(run_id)).toEqual([{ key: 'p', value: "it's" }])
  })

  test('an absent value is empty, a long one is cut to 6,000 characters', async () => {
    const run_id = await server.given.run()
    await log({ run_id, key: 'none' })
    await log({ run_id, key: 'long', value: 'é'.repeat(6001) })
    expect((await log({ run_id, key: 'long', value: 'é'.repeat(6002) })).status).toBe(200)
    expect(await params(run_id)).toEqual([
      { key: 'none', value: '' },
      { key: 'long', value: 'é'.repeat(6000) },
    ])
  })

  test('refusals', async () => {
    const run_id = await server.given.run()
    expect((await log({ run_uuid: run_id, key: 'p', value: 'x' })).status).toBe(200)
    expect(await log({ run_id: 'nope', key: 'p' })).toMatchObject({
      status: 404,
      body: { message: 'Run with id=nope not found' },
    })
    expect(await log({ run_id: 'nope', key: 'k'.repeat(251) })).toMatchObject({
      status: 400,
      body: { message: "'Param key' exceeds the maximum length of 250 characters" },
    })
    expect(await log({ run_id: 'nope', key: './a' })).toMatchObject({
      status: 400,
      body: {
        message: expect.stringMatching(/^Invalid value "\.\/a" for parameter 'key' supplied: .* resolve to 'a'$/),
      },
    })
    expect(await log({ run_id, key: 'q', value: 5 })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Invalid value 5 for parameter 'value' supplied:  Hint:") },
    })
    expect(await log({ run_id })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Missing value for required parameter 'key'") },
    })
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    expect(await log({ run_id, key: 'p', value: 'x' })).toMatchObject({ status: 400 })
  })
})
