import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { type OciAnswer, type OciClient, platformPath, registryApi, workspaceApi } from './oci-client.ts'

/** Sends one step of the flow; every answer must be a success that carries a request id. */
async function step(
  client: OciClient,
  method: string,
  path: string,
  body?: unknown,
  query: Readonly<Record<string, string | number>> = {},
): Promise<OciAnswer> {
  const mutates = method === 'POST' && !path.endsWith('/search')
  const answer = await client.sendRetrying({
    method,
    path,
    query,
    body,
    headers: {
      'opc-request-id': `runstead-${randomUUID()}`,
      ...(mutates ? { 'opc-retry-token': `runstead-${randomUUID()}` } : {}),
    },
  })
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeGreaterThanOrEqual(200)
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
  expect(answer.headers.get('opc-request-id'), path).toMatch(/^runstead-/)
  return answer
}

const inWorkspace = (path: string) => `${workspaceApi}/${path}`
const inRegistry = (path: string) => `${registryApi}/${path}`

/** Lists on an instance that has nothing yet. */
export async function emptyLists(client: OciClient): Promise<void> {
  const models = await step(client, 'GET', inRegistry('registered-models/search'), undefined, { max_results: 10 })
  expect(models.body.registered_models ?? []).toEqual([])
  const versions = await step(client, 'GET', inRegistry('model-versions/search'), undefined, { max_results: 10 })
  expect(versions.body.model_versions ?? []).toEqual([])
  await step(client, 'POST', inWorkspace('experiments/search'), { max_results: 10 })
  await step(client, 'POST', inWorkspace('runs/search'), { max_results: 10 })
  await step(client, 'POST', inWorkspace('logged-models/search'), { max_results: 10 })
}

/** Finds the workspace by its name, or creates it. @returns its key */
export async function workspaceNamed(client: OciClient, displayName: string): Promise<string> {
  const query = { displayName, limit: 50, sortBy: 'displayName', sortOrder: 'ASC' }
  const found = await step(client, 'GET', `${platformPath}/workspaces`, undefined, query)
  const [known] = found.body.items as { key: string }[]
  if (known !== undefined) return known.key
  const details = { displayName, description: 'made by a test', defaultCatalogKey: 'default' }
  const created = await step(client, 'POST', `${platformPath}/workspaces`, details)
  expect(created.status).toBe(201)
  const read = await step(client, 'GET', `${platformPath}/workspaces/${created.body.key}`)
  expect(read.body.lifecycleState).toBe('ACTIVE')
  return created.body.key
}

/** The whole life of an experiment and a run. @returns ids, for the model flow and the clean-up */
export async function experimentFlow(client: OciClient, suffix: string) {
  const name = `flow ${suffix}`
  const tags = [{ key: 'team', value: 'a' }]
  const created = await step(client, 'POST', inWorkspace('experiments/create'), { name, tags })
  expect(created.headers.get('etag')).toBeTruthy()
  const experiment_id: string = created.body.experiment_id
  const byId = await step(client, 'GET', inWorkspace('experiments/get'), undefined, { experiment_id })
  expect(byId.body.experiment.name).toBe(name)
  await step(client, 'GET', inWorkspace('experiments/get-by-name'), undefined, { experiment_name: name })
  await step(client, 'POST', inWorkspace('experiments/update'), { experiment_id, new_name: `${name} renamed` })
  await step(client, 'POST', inWorkspace('experiments/set-experiment-tag'), { experiment_id, key: 'k', value: 'v' })
  await step(client, 'POST', inWorkspace('internal/experiments/update-experiment-tags'), {
    experiment_id,
    set_tags: [{ key: 'bulk', value: '1' }],
    delete_tags: [{ key: 'k' }],
  })
  await step(client, 'POST', inWorkspace('experiments/delete-experiment-tag'), { experiment_id, key: 'bulk' })
  const start_time = Date.now()
  const run = await step(client, 'POST', inWorkspace('runs/create'), {
    experiment_id,
    run_name: 'first',
    start_time,
    tags: [{ key: 'a', value: 'b' }],
  })
  const run_id: string = run.body.run.info.run_id
  await step(client, 'GET', inWorkspace('runs/get'), undefined, { run_id })
  await step(client, 'GET', inWorkspace('artifacts/list'), undefined, { run_id, path: '' })
  const searched = await step(client, 'POST', inWorkspace('runs/search'), { experiment_ids: [experiment_id] })
  expect(searched.body.runs).toHaveLength(1)
  await step(client, 'POST', inWorkspace('runs/log-parameter'), { run_id, key: 'lr', value: '0.1' })
  const metric = { key: 'loss', value: 0.5, timestamp: start_time }
  await step(client, 'POST', inWorkspace('runs/log-metric'), { run_id, ...metric, step: 0 })
  const history = await step(client, 'GET', inWorkspace('metrics/get-history'), undefined, {
    run_id,
    metric_key: 'loss',
    max_results: 10,
  })
  expect(history.body.metrics).toHaveLength(1)
  await step(client, 'POST', inWorkspace('runs/log-batch'), {
    run_id,
    metrics: [{ ...metric, step: 1 }],
    params: [{ key: 'depth', value: '3' }],
    tags: [{ key: 'batch', value: 'yes' }],
  })
  const document = {
    artifact_path: 'model',
    utc_time_created: '2026-11-24 12:00:00.000000',
    run_id,
    flavors: { python_function: {} },
  }
  await step(client, 'POST', inWorkspace('runs/log-model'), { run_id, model_json: JSON.stringify(document) })
  const models = await step(client, 'POST', inWorkspace('logged-models/search'), { experiment_ids: [experiment_id] })
  expect(models.body.models).toHaveLength(1)
  await step(client, 'POST', inWorkspace('runs/log-inputs'), {
    run_id,
    dataset_inputs: [
      { dataset: { name: 'd', digest: '1', source_type: 'local', source: '{}' }, tags: [{ key: 'x', value: 'y' }] },
    ],
  })
  await step(client, 'POST', inWorkspace('runs/set-tag'), { run_id, key: 't', value: '1' })
  await step(client, 'POST', inWorkspace('internal/runs/update-tags'), {
    run_id,
    set_tags: [{ key: 'u', value: '2' }],
    delete_tags: [{ key: 't' }],
  })
  await step(client, 'POST', inWorkspace('runs/delete-tag'), { run_id, key: 'u' })
  const end = { run_id, run_name: 'finished', status: 'FINISHED', end_time: Date.now() }
  const updated = await step(client, 'POST', inWorkspace('runs/update'), end)
  expect(updated.body.run_info.run_id).toBe(run_id)
  await step(client, 'POST', inWorkspace('runs/delete'), { run_id })
  await step(client, 'POST', inWorkspace('runs/restore'), { run_id })
  await step(client, 'POST', inWorkspace('experiments/delete'), { experiment_id })
  await step(client, 'POST', inWorkspace('experiments/restore'), { experiment_id })
  return { experiment_id, run_id }
}

/** The whole life of a registered model with versions of a run's model, and the clean-up of everything. */
export async function modelFlow(client: OciClient, suffix: string, ids: { experiment_id: string; run_id: string }) {
  const { run_id, experiment_id } = ids
  const first = `default.default.model${suffix}`
  const tags = [{ key: 'a', value: 'b' }]
  const created = await step(client, 'POST', inRegistry('registered-models/create'), {
    name: first,
    description: 'd',
    tags,
  })
  expect(created.body.registered_model.name).toBe(first)
  await step(client, 'GET', inRegistry('registered-models/get'), undefined, { name: first })
  await step(client, 'POST', inRegistry('registered-models/update'), { name: first, description: 'other' })
  await step(client, 'POST', inRegistry('registered-models/set-tag'), { name: first, key: 'k', value: 'v' })
  await step(client, 'POST', inRegistry('internal/registered-models/update-tags'), {
    name: first,
    set_tags: [{ key: 'l', value: 'w' }],
    delete_tags: [{ key: 'k' }],
  })
  await step(client, 'POST', inRegistry('registered-models/delete-tag'), { name: first, key: 'l' })
  const name = `${first}renamed`
  const renamed = await step(client, 'POST', inRegistry('registered-models/rename'), { name: first, new_name: name })
  expect(renamed.body.registered_model.name).toBe(name)
  const source = `runs:/${run_id}/model`
  const one = await step(client, 'POST', inRegistry('model-versions/create'), { name, source, run_id })
  expect(one.body.model_version.version).toBe('1')
  const two = await step(client, 'POST', inWorkspace('model-versions/create'), { name, source, run_id })
  expect(two.body.model_version.version).toBe('2')
  await step(client, 'GET', inRegistry('model-versions/get'), undefined, { name, version: '1' })
  const listed = await step(client, 'GET', inRegistry('model-versions/search'), undefined, { filter: `name='${name}'` })
  expect(listed.body.model_versions).toHaveLength(2)
  const version = { name, version: '1' }
  await step(client, 'POST', inRegistry('model-versions/update'), { ...version, description: 'v' })
  await step(client, 'POST', inRegistry('model-versions/set-tag'), { ...version, key: 'k', value: 'v' })
  await step(client, 'POST', inRegistry('internal/model-versions/update-tags'), {
    ...version,
    set_tags: [{ key: 'l', value: 'w' }],
    delete_tags: [{ key: 'k' }],
  })
  await step(client, 'POST', inRegistry('model-versions/delete-tag'), { ...version, key: 'l' })
  const stage = { stage: 'Staging', archive_existing_versions: false }
  const moved = await step(client, 'POST', inRegistry('model-versions/transition-stage'), { ...version, ...stage })
  expect(moved.body.model_version.current_stage).toBe('Staging')
  for (const number of ['1', '2'])
    await step(client, 'POST', inRegistry('model-versions/delete'), { name, version: number })
  await step(client, 'POST', inRegistry('registered-models/delete'), { name })
  await step(client, 'POST', inWorkspace('runs/delete'), { run_id })
  await step(client, 'POST', inWorkspace('experiments/delete'), { experiment_id })
}
