import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/runs/get'

describe.each(databases)('runs/get on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const get = (run_id: string) => server.mlflow.get(path, { run_id })
  const batch = (run_id: string, body: object) => server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, ...body })

  test('shows the latest value of each metric, params and tags', async () => {
    const id = await server.given.run({ run_name: 'n' })
    await batch(id, {
      metrics: [
        { key: 'loss', value: 0.5, timestamp: 10, step: 2 },
        { key: 'loss', value: 0.25, timestamp: 5, step: 3 },
        { key: 'loss', value: 9, timestamp: 99, step: 1 },
        { key: 'n', value: 1, timestamp: 1700000000000 },
      ],
      params: [{ key: 'lr', value: '0.01' }],
      tags: [{ key: 'stage', value: 'ü' }],
    })
    const { status, text, body } = await get(id)
    expect(status).toBe(200)
    expect(body.run.data).toEqual({
      metrics: [
        { key: 'loss', value: 0.25, timestamp: 5, step: 3 },
        { key: 'n', value: 1, timestamp: 1700000000000, step: 0 },
      ],
      params: [{ key: 'lr', value: '0.01' }],
      tags: [
        { key: 'mlflow.runName', value: 'n' },
        { key: 'stage', value: 'ü' },
      ],
    })
    expect(text).toContain('"value": 1.0,')
    expect(text).toContain('"\\u00fc"')
    expect(text).toContain('"inputs": {},\n    "outputs": {}')
  })

  test('NaN travels as a string, extreme numbers exactly', async () => {
    const id = await server.given.run()
    await batch(id, {
      metrics: [
        { key: 'nan', value: 'NaN', timestamp: 1 },
        { key: 'up', value: 'Infinity', timestamp: 1 },
        { key: 'down', value: '-Infinity', timestamp: 1 },
        { key: 'tiny', value: 5e-324, timestamp: 1 },
        { key: 'third', value: 0.1 + 0.2, timestamp: 9223372036854775807n, step: -9223372036854775808n },
      ],
    })
    const { text, body } = await get(id)
    const values = Object.fromEntries(
      body.run.data.metrics.map((m: { key: string; value: unknown }) => [m.key, m.value]),
    )
    expect(values).toEqual({
      nan: 'NaN',
      up: 1.7976931348623157e308,
      down: -1.7976931348623157e308,
      tiny: 5e-324,
      third: 0.30000000000000004,
    })
    expect(body.run.data.metrics[4]).toMatchObject({ timestamp: 9223372036854775807n, step: -9223372036854775808n })
    expect(text).toContain('"value": "NaN"')
  })

  test('key names of different kinds and experiments do not mix', async () => {
    const [one, other] = [await server.given.experiment(), await server.given.experiment()]
    const [a, b] = [await server.given.run({ experiment_id: one }), await server.given.run({ experiment_id: other })]
    await batch(a, { metrics: [{ key: 'x', value: 1, timestamp: 1 }], params: [{ key: 'x', value: 'param' }] })
    await batch(b, { params: [{ key: 'y', value: 'first here' }], tags: [{ key: 'x', value: 'tag' }] })
    expect((await get(a)).body.run.data).toMatchObject({
      metrics: [{ key: 'x', value: 1 }],
      params: [{ key: 'x', value: 'param' }],
    })
    const { data } = (await get(b)).body.run
    expect(data.params).toEqual([{ key: 'y', value: 'first here' }])
    expect(data.tags).toContainEqual({ key: 'x', value: 'tag' })
  })

  test('a run with thousands of metrics is read whole', async () => {
    const id = await server.given.run()
    for (let first = 0; first < 3000; first += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, i) => ({ key: `m${first + i}`, value: first + i, timestamp: 1 }))
      expect((await batch(id, { metrics })).status).toBe(200)
    }
    const { metrics } = (await get(id)).body.run.data
    expect(metrics).toHaveLength(3000)
    for (const { key, value } of metrics) expect(key).toBe(`m${value}`)
  })

  test('a deleted run is shown', async () => {
    const id = await server.given.run()
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id: id })
    expect((await get(id)).body.run.info.lifecycle_stage).toBe('deleted')
  })

  test('run_uuid will do, in the query as in a body', async () => {
    const id = await server.given.run()
    expect((await server.mlflow.get(path, { run_uuid: id })).body.run.info.run_id).toBe(id)
    const answer = await server.http.inject({ method: 'GET', url: `/api${path}`, payload: { run_id: id } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().run.info.run_id).toBe(id)
  })

  test('unknown ids', async () => {
    const known = await server.given.run()
    for (const id of [
      'nope',
      known.toUpperCase(),
      `${known.slice(0, 16)}${'0'.repeat(16)}`,
      `${known} `,
      'f'.repeat(32),
    ]) {
      expect(await get(id)).toMatchObject({
        status: 404,
        body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Run with id=${id} not found` },
      })
    }
    for (const query of [{}, { run_id: '' }]) {
      expect(await server.mlflow.get(path, query)).toMatchObject({
        status: 400,
        body: {
          message:
            "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.",
        },
      })
    }
  })

  test('the version changes with params, tags and the run itself, and is an etag on the other face', async () => {
    const id = await server.given.run()
    const etag = async () => (await server.aidp.get(path, { run_id: id })).headers['etag']
    const seen = [await etag()]
    const step = async (name: string, body: object) => {
      await server.mlflow.post(`/2.0/mlflow/runs/${name}`, { run_id: id, ...body })
      seen.push(await etag())
    }
    await step('set-tag', { key: 'a', value: '1' })
    await step('log-parameter', { key: 'a', value: '1' })
    await step('update', { status: 'FINISHED' })
    await step('delete-tag', { key: 'a' })
    await step('delete', {})
    await step('restore', {})
    expect(new Set(seen).size).toBe(7)
    expect(await etag()).toBe(seen.at(-1))
  })
})
