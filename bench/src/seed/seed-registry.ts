import { DatabaseSync } from 'node:sqlite'
import { runClosedLoop } from '../load/closed-loop.ts'
import { type Payload, postJson } from '../load/payload.ts'
import { apiClient, textAt } from '../targets/api-client.ts'
import { mlflowDatabase } from '../targets/start-target.ts'
import type { Target } from '../targets/target.ts'
import { modelName, type SeedLoggedModel, seedLoggedModel, seedVersion, versionsOfModel } from './registry-seed.ts'

const connections = 16
const api = '/api/2.0/mlflow/'
/** What one log-batch may hold. */
const batchEntries = 1000

/**
 * Registers the models `from` to `to` (exclusive) with a hundred versions each: MLflow's straight into its file, through
 * the API on every other server.
 *
 * @throws when a single request is refused
 */
export async function seedVersions(target: Target, from: number, to: number): Promise<void> {
  if (isMlflow(target)) {
    seedVersionsOfFile(mlflowDatabase(target.directory), from, to)
    return
  }
  await sendAll(target, (connection) => registerModels(target, from + connection, to))
}

/** Every 16th model from `first` on: the model, then its versions one after another, so that their numbers are certain. */
function* registerModels({ address }: Target, first: number, to: number): Generator<Payload, undefined> {
  for (let model = first; model < to; model += connections) {
    const name = modelName(model)
    yield postJson(address, `${api}registered-models/create`, JSON.stringify({ name }))
    for (let version = 1; version <= versionsOfModel; version++) {
      const { source, runId, tags } = seedVersion(model, version)
      yield postJson(address, `${api}model-versions/create`, JSON.stringify({ name, source, run_id: runId, tags }))
    }
  }
}

function seedVersionsOfFile(file: string, from: number, to: number): void {
  using db = new DatabaseSync(file, { timeout: 30_000 })
  const addModel = db.prepare('INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES (?, ?, ?)')
  const addVersion = db.prepare(`
    INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, current_stage, source,
      storage_location, run_id, status, run_link) VALUES (?, ?, ?, ?, '', 'None', ?, ?, ?, 'READY', '')`)
  const addTag = db.prepare('INSERT INTO model_version_tags (name, version, key, value) VALUES (?, ?, ?, ?)')
  const now = Date.now()
  db.exec('BEGIN IMMEDIATE')
  for (let model = from; model < to; model++) {
    const name = modelName(model)
    addModel.run(name, now, now)
    for (let version = 1; version <= versionsOfModel; version++) {
      const { source, runId, tags } = seedVersion(model, version)
      addVersion.run(name, version, now, now, source, source, runId)
      for (const { key, value } of tags) addTag.run(name, version, key, value)
    }
  }
  db.exec('COMMIT')
}

/** Lays `count` logged models with their metrics, in an experiment of their own. Returns its id. */
export async function seedLoggedModels(target: Target, experiment: string, count: number): Promise<string> {
  using client = apiClient(target.address)
  const experimentId = textAt(await client.post('experiments/create', { name: experiment }), 'experiment_id')
  const created = await client.post('runs/create', {
    experiment_id: experimentId,
    run_name: 'evaluation',
    start_time: 1,
  })
  const runId = textAt(created, 'run', 'info', 'run_id')
  if (isMlflow(target)) {
    seedLoggedModelsOfFile(mlflowDatabase(target.directory), experimentId, runId, count)
    return experimentId
  }
  const ids = await createLoggedModels(target, experimentId, count)
  const metrics = ids.flatMap((id, index) =>
    seedLoggedModel(index).metrics.map((metric) => ({ ...metric, step: 0, model_id: id })),
  )
  for (let at = 0; at < metrics.length; at += batchEntries) {
    await client.post('runs/log-batch', { run_id: runId, metrics: metrics.slice(at, at + batchEntries) })
  }
  return experimentId
}

/** The ids of the models in the order of their index. */
async function createLoggedModels({ address }: Target, experimentId: string, count: number): Promise<string[]> {
  const ids = new Array<string>(count)
  let nextIndex = 0
  await drive({ address }, () => {
    let under = -1
    return (answer) => {
      if (under >= 0) ids[under] = /"model_id"\s*:\s*"([^"]+)"/.exec(answer)![1]!
      if (nextIndex === count) return undefined
      under = nextIndex++
      const { name, params, tags } = seedLoggedModel(under)
      const body = JSON.stringify({ experiment_id: experimentId, name, params, tags })
      return postJson(address, `${api}logged-models`, body)
    }
  })
  return ids
}

function seedLoggedModelsOfFile(file: string, experimentId: string, runId: string, count: number): void {
  using db = new DatabaseSync(file, { timeout: 30_000 })
  const experiment = Number(experimentId)
  const addModel = db.prepare(`
    INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,
      last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id)
    VALUES (?, ?, ?, ?, ?, ?, 1, 'active', '', '')`)
  const addParam = db.prepare('INSERT INTO logged_model_params VALUES (?, ?, ?, ?)')
  const addTag = db.prepare('INSERT INTO logged_model_tags VALUES (?, ?, ?, ?)')
  const addMetric = db.prepare(`
    INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value,
      experiment_id, run_id) VALUES (?, ?, ?, 0, ?, ?, ?)`)
  db.exec('BEGIN IMMEDIATE')
  for (let index = 0; index < count; index++) {
    const { name, created, params, tags, metrics }: SeedLoggedModel = seedLoggedModel(index)
    const id = `m-${String(index).padStart(32, '0')}`
    addModel.run(id, experiment, name, `mlflow-artifacts:/${experiment}/models/${id}/artifacts`, created, created)
    for (const { key, value } of params) addParam.run(id, experiment, key, value)
    for (const { key, value } of tags) addTag.run(id, experiment, key, value)
    for (const { key, value, timestamp } of metrics) addMetric.run(id, key, timestamp, value, experiment, runId)
  }
  db.exec('COMMIT')
}

function isMlflow({ name }: Target): boolean {
  return name === 'mlflow' || name === 'mlflow-1'
}

async function sendAll(target: Target, requests: (connection: number) => Iterator<Payload, undefined>): Promise<void> {
  await drive(target, (connection) => {
    const left = requests(connection)
    return () => left.next().value
  })
}

async function drive(
  { address }: Pick<Target, 'address'>,
  source: Parameters<typeof runClosedLoop>[0]['source'],
): Promise<void> {
  const { errors, firstError } = await runClosedLoop({
    address,
    connections,
    seconds: Infinity,
    keepBody: true,
    source,
  })
  if (Object.keys(errors).length > 0) throw new Error(`seeding: ${JSON.stringify(errors)} ${firstError}`)
}
