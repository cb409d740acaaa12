import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('experiments/search-datasets on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const post = async (url: string, payload: object) => {
    const answer = await server.http.inject({ method: 'POST', url, payload })
    return { status: answer.statusCode, body: answer.json() }
  }
  const search = (body: object, mount = server.mounts.mlflow) =>
    post(`${mount}/ajax-api/2.0/mlflow/experiments/search-datasets`, body)
  const log = (run_id: string, name: string, digest: string, context?: string) =>
    server.mlflow.post('/2.0/mlflow/runs/log-inputs', {
      run_id,
      datasets: [
        {
          dataset: { name, digest, source_type: 'local', source: '/x' },
          tags: [
            { key: 'other', value: 'x' },
            ...(context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }]),
          ],
        },
      ],
    })

  test('lists each dataset once for every context', async () => {
    const [one, two, third] = [
      await server.given.experiment(),
      await server.given.experiment(),
      await server.given.experiment(),
    ]
    const run = await server.given.run({ experiment_id: one })
    const later = await server.given.run({ experiment_id: one })
    const other = await server.given.run({ experiment_id: two })
    await log(run, 'ü', '1', 'training')
    await log(later, 'ü', '1', 'eval')
    await log(run, 'a', '1')
    await log(later, 'a', '1')
    await log(other, 'a', '2', 'training')
    await log(await server.given.run({ experiment_id: third }), 'elsewhere', '1')
    const ofOne = [
      { experiment_id: one, name: 'a', digest: '1' },
      { experiment_id: one, name: 'ü', digest: '1', context: 'training' },
      { experiment_id: one, name: 'ü', digest: '1', context: 'eval' },
    ]
    expect(await search({ experiment_ids: [one] })).toEqual({ status: 200, body: { dataset_summaries: ofOne } })
    const ofBoth = [...ofOne, { experiment_id: two, name: 'a', digest: '2', context: 'training' }]
    expect((await search({ experiment_ids: [two, one, one] })).body).toEqual({ dataset_summaries: ofBoth })
    await server.mlflow.post('/2.0/mlflow/experiments/delete', { experiment_id: one })
    expect((await search({ experiment_ids: [one] }, server.mounts.aidp)).body).toEqual({ dataset_summaries: ofOne })
  })

  test('at most 1,000', async () => {
    const experiment_id = await server.given.experiment()
    const run_id = await server.given.run({ experiment_id })
    const datasets = Array.from({ length: 1001 }, (_, index) => ({ dataset: { name: `d${index}`, digest: '1' } }))
    await server.mlflow.post('/2.0/mlflow/runs/log-inputs', { run_id, datasets })
    expect((await search({ experiment_ids: [experiment_id] })).body.dataset_summaries).toHaveLength(1000)
  })

  test('nothing found', async () => {
    expect(await search({ experiment_ids: ['999999'] })).toEqual({ status: 200, body: {} })
  })

  test.each([
    [{}, 'SearchDatasets request must specify at least one experiment_id.'],
    [{ experiment_ids: [] }, 'SearchDatasets request must specify at least one experiment_id.'],
    [
      { experiment_ids: Array(21).fill('1') },
      'SearchDatasets request cannot specify more than 20 experiment_ids. Received 21 experiment_ids.',
    ],
    [{ experiment_ids: ['abc'] }, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
  ])('%j is refused', async (body, message) => {
    expect(await search(body)).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message } })
  })

  test('there is no such route below /api', async () => {
    expect((await post('/api/2.0/mlflow/experiments/search-datasets', { experiment_ids: ['0'] })).status).toBe(404)
  })
})
