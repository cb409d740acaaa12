import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/set-tag and runs/delete-tag on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const set = (run_id: string, key: string, value?: unknown) =>
    server.mlflow.post('/2.0/mlflow/runs/set-tag', { run_id, key, ...(value === undefined ? {} : { value }) })
  const remove = (run_id: string, key: string) => server.mlflow.post('/2.0/mlflow/runs/delete-tag', { run_id, key })
  const read = async (run_id: string) => (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run
  const tag = async (run_id: string, key: string) =>
    (await read(run_id)).data.tags?.find((one: { key: string }) => one.key === key)?.value

  test('a tag is set, changed and removed', async () => {
    const id = await server.given.run()
    expect(await set(id, 'ключ/a b', '値')).toMatchObject({ status: 200, text: '{}' })
    expect(await tag(id, 'ключ/a b')).toBe('値')
    await set(id, 'ключ/a b', 'b')
    expect(await tag(id, 'ключ/a b')).toBe('b')
    await set(id, 'ключ/a b')
    expect(await tag(id, 'ключ/a b')).toBe('')
    expect(await remove(id, 'ключ/a b')).toMatchObject({ status: 200, text: '{}' })
    expect(await tag(id, 'ключ/a b')).toBeUndefined()
  })

  test('long values are cut to 8,000 characters', async () => {
    const id = await server.given.run()
    expect((await set(id, 'long', '😀'.repeat(8001))).status).toBe(200)
    expect(await tag(id, 'long')).toBe('😀'.repeat(8000))
  })

  test('mlflow.runName renames the run; empty it does nothing; removed it leaves the name', async () => {
    const id = await server.given.run({ run_name: 'old' })
    await set(id, 'mlflow.runName', 'new')
    expect((await read(id)).info.run_name).toBe('new')
    expect((await set(id, 'mlflow.runName', '')).status).toBe(200)
    expect(await tag(id, 'mlflow.runName')).toBe('new')
    expect((await remove(id, 'mlflow.runName')).status).toBe(200)
    const run = await read(id)
    expect(run.info.run_name).toBe('new')
    expect(run.data).toEqual({})
    expect((await remove(id, 'mlflow.runName')).status).toBe(404)
  })

  test('run_uuid will do for set-tag', async () => {
    const id = await server.given.run()
    await server.mlflow.post('/2.0/mlflow/runs/set-tag', { run_uuid: id, key: 'a', value: 'b' })
    expect(await tag(id, 'a')).toBe('b')
  })

  test('keys are checked before the run is looked for', async () => {
    expect(await set('nope', 'a$b')).toMatchObject({
      status: 400,
      body: {
        message:
          'Invalid value "a$b" for parameter \'key\' supplied: Names may only contain alphanumerics, underscores (_), ' +
          'dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
      },
    })
    expect(await set('nope', 'a/')).toMatchObject({ status: 400 })
    expect(await set('nope', 'k'.repeat(251))).toMatchObject({
      status: 400,
      body: { message: "'key' exceeds the maximum length of 250 characters" },
    })
    expect(await set('nope', 'ok')).toMatchObject({ status: 404, body: { message: 'Run with id=nope not found' } })
    expect(await set(await server.given.run(), 'k'.repeat(250), 'v')).toMatchObject({ status: 200 })
    expect(await set('x', 'a', 5)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Invalid value 5 for parameter 'value' supplied:  Hint:") },
    })
  })

  test('a tag that the run does not have cannot be removed', async () => {
    const [id, other] = [await server.given.run(), await server.given.run()]
    await set(other, 'elsewhere', 'x')
    for (const key of ['never', 'elsewhere', 'a$b']) {
      expect(await remove(id, key)).toMatchObject({
        status: 404,
        body: {
          error_code: 'RESOURCE_DOES_NOT_EXIST',
          message: `No tag with name: ${key} in run with id ${id}`,
        },
      })
    }
    expect(await remove('nope', 'a')).toMatchObject({ status: 404, body: { message: 'Run with id=nope not found' } })
    expect(await remove(id, '')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Missing value for required parameter 'key'") },
    })
  })

  test('a deleted run keeps its tags', async () => {
    const id = await server.given.run()
    await set(id, 'a', '1')
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id: id })
    const refusal = {
      status: 400,
      body: { message: `The run ${id} must be in the 'active' state. Current state is deleted.` },
    }
    expect(await set(id, 'a', '2')).toMatchObject(refusal)
    expect(await remove(id, 'a')).toMatchObject(refusal)
    expect(await tag(id, 'a')).toBe('1')
  })
})
