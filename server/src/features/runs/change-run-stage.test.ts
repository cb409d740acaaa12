import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/delete and runs/restore on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const remove = (run_id: string) => server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
  const restore = (run_id: string) => server.mlflow.post('/2.0/mlflow/runs/restore', { run_id })
  const stage = async (run_id: string) =>
    (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run.info.lifecycle_stage

  test('both can be repeated', async () => {
    const id = await server.given.run()
    for (let round = 0; round < 2; round++) {
      expect(await remove(id)).toMatchObject({ status: 200, text: '{}' })
      expect(await stage(id)).toBe('deleted')
    }
    for (let round = 0; round < 2; round++) {
      expect(await restore(id)).toMatchObject({ status: 200, text: '{}' })
      expect(await stage(id)).toBe('active')
    }
  })

  test('a run of a deleted experiment can be restored and deleted', async () => {
    const experiment_id = await server.given.experiment()
    const id = await server.given.run({ experiment_id })
    await server.mlflow.post('/2.0/mlflow/experiments/delete', { experiment_id })
    expect(await stage(id)).toBe('deleted')
    expect((await restore(id)).status).toBe(200)
    expect(await stage(id)).toBe('active')
    expect((await remove(id)).status).toBe(200)
  })

  test('a restored run takes writes again', async () => {
    const id = await server.given.run()
    await remove(id)
    await restore(id)
    expect((await server.mlflow.post('/2.0/mlflow/runs/set-tag', { run_id: id, key: 'a' })).status).toBe(200)
  })

  test('unknown and missing ids', async () => {
    for (const change of [remove, restore]) {
      for (const id of ['nope', '0'.repeat(32)]) {
        expect(await change(id)).toMatchObject({
          status: 404,
          body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Run with id=${id} not found` },
        })
      }
      expect(await change('')).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("Missing value for required parameter 'run_id'") },
      })
    }
  })

  test('the other face tells which version of the run it is now', async () => {
    const id = await server.given.run()
    await remove(id)
    const restored = await server.aidp.post('/2.0/mlflow/runs/restore', { run_id: id })
    expect(restored).toMatchObject({ status: 200, body: {}, headers: { etag: '"3"' } })
    const unknown = await server.aidp.post('/2.0/mlflow/runs/restore', { run_id: 'nope' })
    expect(unknown).toMatchObject({ status: 404, body: { code: 'NotAuthorizedOrNotFound' } })
  })
})
