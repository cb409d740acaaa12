import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './testing/databases.ts'
import { startTestServer, type TestServer } from './testing/start-test-server.ts'

const platform = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'

/** The flows of the vendor's own tests: every step answers 2xx with a request id. */
describe.each(databases)("AIDP's flows on %s", (engine) => {
  let server: TestServer
  let workspace: string
  beforeAll(async () => {
    server = await startTestServer(engine)
    const details = { displayName: 'flow', description: 'A flow', defaultCatalogKey: 'default' }
    const created = await send('POST', `${platform}/workspaces`, details)
    workspace = `${platform}/workspaces/${created.key}/mlops/api/2.0/mlflow`
    const [found] = (
      await send('GET', `${platform}/workspaces?displayName=flow&limit=50&sortBy=displayName&sortOrder=ASC`)
    ).items
    expect(found).toMatchObject({ key: created.key, lifecycleState: 'ACTIVE' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
  async function send(method: 'GET' | 'POST', url: string, body?: object): Promise<any> {
    const headers = {
      'content-type': 'application/json',
      'opc-request-id': 'flow-1',
      'opc-retry-token': `flow-${Math.random()}`,
    }
    const answer = await server.http.inject({
      method,
      url,
      headers,
      ...(body ? { payload: JSON.stringify(body) } : {}),
    })
    expect(answer.statusCode, `${url}: ${answer.body}`).toBeGreaterThanOrEqual(200)
    expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300)
    expect(answer.headers['opc-request-id']).toMatch(/^flow-1/)
    return answer.json()
  }
  const inWorkspace = (path: string, body: object) => send('POST', `${workspace}/${path}`, body)
  const read = (path: string) => send('GET', `${workspace}/${path}`)
  const registry = `${platform}/mlops/api/2.0/mlflow`
  const inRegistry = (path: string, body: object) => send('POST', `${registry}/${path}`, body)

  test('lists of an empty workspace', async () => {
    expect((await send('GET', `${registry}/registered-models/search?max_results=10`)).registered_models).toEqual([])
    expect((await send('GET', `${registry}/model-versions/search?max_results=10`)).model_versions).toEqual([])
    expect((await inWorkspace('experiments/search', { max_results: 10 })).experiments).toHaveLength(1)
    expect((await inWorkspace('runs/search', { max_results: 10 })).runs).toEqual([])
    expect((await inWorkspace('logged-models/search', {})).models).toEqual([])
  })

  test('experiment and run', async () => {
    const { experiment_id } = await inWorkspace('experiments/create', { name: 'flow' })
    expect((await read(`experiments/get?experiment_id=${experiment_id}`)).experiment.name).toBe('flow')
    expect((await read('experiments/get-by-name?experiment_name=flow')).experiment.experiment_id).toBe(experiment_id)
    await inWorkspace('experiments/update', { experiment_id, new_name: 'flow renamed' })
    await inWorkspace('experiments/set-experiment-tag', { experiment_id, key: 'a', value: '1' })
    const bulk = { set_tags: [{ key: 'b', value: '2' }], delete_tags: [{ key: 'a' }] }
    await inWorkspace('internal/experiments/update-experiment-tags', { experiment_id, ...bulk })
    await inWorkspace('experiments/delete-experiment-tag', { experiment_id, key: 'b' })
    const start = { experiment_id, start_time: Date.now(), tags: [{ key: 'a', value: '1' }] }
    const { run_id } = (await inWorkspace('runs/create', start)).run.info
    expect((await read(`runs/get?run_id=${run_id}`)).run.info.run_uuid).toBe(run_id)
    expect((await read(`artifacts/list?run_id=${run_id}&path=`)).files).toEqual([])
    expect((await inWorkspace('runs/search', { experiment_ids: [experiment_id] })).runs).toHaveLength(1)
    await inWorkspace('runs/log-parameter', { run_id, key: 'lr', value: '0.1' })
    await inWorkspace('runs/log-metric', { run_id, key: 'loss', value: 0.5, timestamp: 1, step: 0 })
    const history = await read(`metrics/get-history?run_id=${run_id}&metric_key=loss&max_results=10`)
    expect(history.metrics).toMatchObject([{ value: 0.5, step: 0 }])
    const metrics = [{ key: 'acc', value: 0.9, timestamp: 2, step: 1 }]
    await inWorkspace('runs/log-batch', {
      run_id,
      metrics,
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 't', value: '1' }],
    })
    const document = {
      artifact_path: 'model',
      utc_time_created: '2026-01-01',
      run_id,
      flavors: { python_function: {} },
    }
    await inWorkspace('runs/log-model', { run_id, model_json: JSON.stringify(document) })
    expect((await inWorkspace('logged-models/search', { experiment_ids: [experiment_id] })).models).toHaveLength(1)
    const dataset = { name: 'd', digest: '1', source_type: 'local', source: 's' }
    await inWorkspace('runs/log-inputs', {
      run_id,
      dataset_inputs: [{ dataset, tags: [{ key: 'context', value: 'train' }] }],
    })
    await inWorkspace('runs/set-tag', { run_id, key: 'x', value: '1' })
    await inWorkspace('internal/runs/update-tags', {
      run_id,
      set_tags: [{ key: 'y', value: '1' }],
      delete_tags: [{ key: 'x' }],
    })
    await inWorkspace('runs/delete-tag', { run_id, key: 'y' })
    const end = { run_id, run_name: 'done', status: 'FINISHED', end_time: Date.now() }
    expect((await inWorkspace('runs/update', end)).run_info.run_id).toBe(run_id)
    await inWorkspace('runs/delete', { run_id })
    await inWorkspace('runs/restore', { run_id })
    await inWorkspace('experiments/delete', { experiment_id })
    await inWorkspace('experiments/restore', { experiment_id })
    expect((await read(`runs/get?run_id=${run_id}`)).run.info).toMatchObject({
      lifecycle_stage: 'active',
      run_name: 'done',
    })
    await inWorkspace('runs/delete', { run_id, is_permanent: true })
    await inWorkspace('experiments/delete', { experiment_id, is_permanent: true })
  })

  test('model', async () => {
    const { run_id } = (await inWorkspace('runs/create', {})).run.info
    const source = `runs:/${run_id}/model`
    let name = 'default.default.flow'
    const made = await inRegistry('registered-models/create', {
      name,
      description: 'd',
      tags: [{ key: 'a', value: '1' }],
    })
    expect(made.registered_model.name).toBe(name)
    expect((await send('GET', `${registry}/registered-models/get?name=${name}`)).registered_model.description).toBe('d')
    await inRegistry('registered-models/update', { name, description: 'e' })
    await inRegistry('registered-models/set-tag', { name, key: 'b', value: '1' })
    await inRegistry('internal/registered-models/update-tags', {
      name,
      set_tags: [{ key: 'c', value: '1' }],
      delete_tags: [{ key: 'b' }],
    })
    await inRegistry('registered-models/delete-tag', { name, key: 'c' })
    const renamed = await inRegistry('registered-models/rename', { name, new_name: 'default.default.flow2' })
    name = renamed.registered_model.name
    expect(name).toBe('default.default.flow2')
    const { version } = (await inRegistry('model-versions/create', { name, source, run_id })).model_version
    expect((await inWorkspace('model-versions/create', { name, source, run_id })).model_version.version).toBe('2')
    expect(
      (await send('GET', `${registry}/model-versions/get?name=${name}&version=${version}`)).model_version.run_id,
    ).toBe(run_id)
    const filter = encodeURIComponent(`name='${name}'`)
    expect((await send('GET', `${registry}/model-versions/search?filter=${filter}`)).model_versions).toHaveLength(2)
    await inRegistry('model-versions/update', { name, version, description: 'v' })
    await inRegistry('model-versions/set-tag', { name, version, key: 'a', value: '1' })
    await inRegistry('internal/model-versions/update-tags', {
      name,
      version,
      set_tags: [{ key: 'b', value: '1' }],
      delete_tags: [{ key: 'a' }],
    })
    await inRegistry('model-versions/delete-tag', { name, version, key: 'b' })
    const staged = { name, version, stage: 'Staging', archive_existing_versions: false }
    expect((await inRegistry('model-versions/transition-stage', staged)).model_version.current_stage).toBe('Staging')
    const summary = await send(
      'GET',
      `${platform}/mlops/api/2.0/registered-models/summary?catalog=default&schema=default`,
    )
    expect(summary).toMatchObject({ registered_models_count: 1, model_versions_count: 2 })
    for (const each of [version, '2']) await inRegistry('model-versions/delete', { name, version: each })
    await inRegistry('registered-models/delete', { name })
  })
})
