import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/update on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const update = (run_id: string, body: object) => server.mlflow.post('/2.0/mlflow/runs/update', { run_id, ...body })
  const read = async (run_id: string) => (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run

  test('changes only what is given and answers the run', async () => {
    const id = await server.given.run({ run_name: 'n', user_id: 'u', start_time: 5 })
    const { status, body } = await update(id, { status: 'FINISHED', end_time: 77 })
    expect(status).toBe(200)
    expect(body.run_info).toEqual({
      run_uuid: id,
      experiment_id: '0',
      run_name: 'n',
      user_id: 'u',
      status: 'FINISHED',
      start_time: 5,
      end_time: 77,
      artifact_uri: `mlflow-artifacts:/0/${id}/artifacts`,
      lifecycle_stage: 'active',
      run_id: id,
    })
    expect((await update(id, {})).body).toEqual(body)
    expect((await read(id)).info).toEqual(body.run_info)
  })

  test('every status by name and by number, also back to running; the end time stays', async () => {
    const id = await server.given.run()
    await update(id, { end_time: 9 })
    const statuses = { RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 }
    for (const [name, number] of Object.entries(statuses)) {
      for (const status of [name, number, String(number)]) {
        expect((await update(id, { status })).body.run_info).toMatchObject({ status: name, end_time: 9 })
      }
    }
  })

  test('an end time of 0 is shown as none', async () => {
    const id = await server.given.run()
    await update(id, { end_time: 5 })
    expect((await update(id, { end_time: 0 })).body.run_info).not.toHaveProperty('end_time')
    expect((await update(id, { end_time: -5 })).body.run_info.end_time).toBe(-5)
    expect((await update(id, { end_time: '9007199254740993' })).body.run_info.end_time).toBe(9007199254740993n)
  })

  test('a new name is written to the tag as well, even when the tag was removed; an empty one changes nothing', async () => {
    const id = await server.given.run({ run_name: 'old' })
    await server.mlflow.post('/2.0/mlflow/runs/delete-tag', { run_id: id, key: 'mlflow.runName' })
    expect((await update(id, { run_name: 'nouveau ☃' })).body.run_info.run_name).toBe('nouveau ☃')
    expect((await read(id)).data.tags).toEqual([{ key: 'mlflow.runName', value: 'nouveau ☃' }])
    expect((await update(id, { run_name: '' })).body.run_info.run_name).toBe('nouveau ☃')
  })

  test('run_uuid will do', async () => {
    const id = await server.given.run()
    const { body } = await server.mlflow.post('/2.0/mlflow/runs/update', { run_uuid: id, status: 'KILLED' })
    expect(body.run_info).toMatchObject({ run_id: id, status: 'KILLED' })
  })

  test('refusals', async () => {
    const id = await server.given.run()
    expect(await update('nope', {})).toMatchObject({ status: 404, body: { message: 'Run with id=nope not found' } })
    expect(await update('', {})).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Missing value for required parameter 'run_id'") },
    })
    for (const body of [{ status: 'finished' }, { status: 9 }, { end_time: 'x' }, { run_name: 5 }]) {
      const { status, body: error } = await update(id, body)
      expect(status).toBe(400)
      expect(error).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(`'${Object.keys(body)[0]}'`),
      })
    }
    expect((await read(id)).info.status).toBe('RUNNING')
  })

  test('a deleted run is not changed', async () => {
    const id = await server.given.run()
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id: id })
    expect(await update(id, { status: 'FINISHED' })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: `The run ${id} must be in the 'active' state. Current state is deleted.`,
      },
    })
  })
})
