import type { Row, SqlValue, SyncConnection } from '../../db/sync-connection.ts'
import type { Int64 } from '../../lib/int64.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'
import {
  experimentsOfNewRuns,
  type KeyNeed,
  keysAtHand,
  modelMetricsNeeded,
  modelsNeeded,
  type ParamNeed,
  paramsNeeded,
} from '../group-needs.ts'
import type {
  ExperimentState,
  GroupState,
  KeyCache,
  ModelState,
  RunState,
  StoredModelMetric,
  StoredRetry,
} from '../group-state.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { retryIdsOf } from '../plan-retries.ts'
import type { RunCache } from './run-cache.ts'

/** Reads what the outcome of a group depends on; the key cache learns the names it meets. */
export function loadGroup(
  conn: SyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  repeated: boolean,
  cache: KeyCache,
  runCache: RunCache,
  now: number,
): GroupState {
  const runs = loadRuns(conn, tenant, records, runCache)
  const { keys, missing } = keysAtHand(tenant, records, runs, cache)
  const unnumbered = loadKeys(conn, tenant, missing, cache)
  const experiments = loadExperiments(conn, tenant, [
    ...experimentsOfNewRuns(records),
    ...unnumbered.map((need) => need.experiment),
  ])
  const params = loadParams(conn, tenant, paramsNeeded(records, runs, keys))
  const models = loadModels(conn, tenant, records)
  const modelMetrics = models.size === 0 ? new Map() : loadModelMetrics(conn, tenant, records, models)
  const retries = loadRetries(conn, tenant, records, now)
  return { runs, experiments, keys, params, models, modelMetrics, retries, repeated }
}

function loadRuns(
  conn: SyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  cache: RunCache,
): Map<string, RunState> {
  const runs = new Map<string, RunState>()
  for (const { runId } of records) {
    if (runs.has(runId)) continue
    const cached = cache.get(tenant, runId)
    const state = cached ?? loadRun(conn, tenant, runId)
    if (state === undefined) continue
    runs.set(runId, state)
    if (cached === undefined) cache.add(tenant, state)
  }
  return runs
}

function loadRun(conn: SyncConnection, tenant: Tenant, runId: string): RunState | undefined {
  const run = runNumber(runId)
  if (run === undefined) return undefined
  const row = conn.get(
    `select run_id, experiment, start_time, deleted, name, status, end_time, revision
     from runs where tenant = ? and run = ?`,
    [tenant, run],
  )
  if (row?.['run_id'] !== runId) return undefined
  return {
    run,
    runId,
    experiment: integer(row, 'experiment'),
    startTime: integer(row, 'start_time'),
    deleted: row['deleted'] === 1,
    name: String(row['name']),
    status: Number(row['status']),
    endTime: row['end_time'] === null ? null : integer(row, 'end_time'),
    revision: integer(row, 'revision'),
  }
}

/** @returns the names that have no number yet */
function loadKeys(conn: SyncConnection, tenant: Tenant, needs: readonly KeyNeed[], cache: KeyCache): KeyNeed[] {
  return needs.filter(({ experiment, kind, name }) => {
    const row = conn.get('select key from keys where tenant = ? and experiment = ? and kind = ? and name = ?', [
      tenant,
      experiment,
      kind,
      name,
    ])
    if (row === undefined) return true
    cache.add(tenant, experiment, kind, name, Number(row['key']))
    return false
  })
}

function loadExperiments(
  conn: SyncConnection,
  tenant: Tenant,
  experiments: readonly Int64[],
): Map<Int64, ExperimentState> {
  const states = new Map<Int64, ExperimentState>()
  for (const experiment of new Set(experiments)) {
    const row = conn.get('select deleted, next_key from experiments where tenant = ? and experiment = ?', [
      tenant,
      experiment,
    ])
    if (row) states.set(experiment, { deleted: row['deleted'] === 1, nextKey: Number(row['next_key']) })
  }
  return states
}

function loadParams(
  conn: SyncConnection,
  tenant: Tenant,
  needs: readonly ParamNeed[],
): Map<string, Map<string, string>> {
  const params = new Map<string, Map<string, string>>()
  for (const { runId, run, key, name } of needs) {
    const row = conn.get('select value from params where tenant = ? and run = ? and key = ?', [tenant, run, key])
    if (row === undefined) continue
    let values = params.get(runId)
    if (values === undefined) {
      values = new Map()
      params.set(runId, values)
    }
    values.set(name, String(row['value']))
  }
  return params
}

function loadModels(conn: SyncConnection, tenant: Tenant, records: readonly IngestRecord[]): Map<string, ModelState> {
  const models = new Map<string, ModelState>()
  for (const { id, number } of modelsNeeded(records)) {
    const row = conn.get('select model_id, experiment from logged_models where tenant = ? and model = ?', [
      tenant,
      number,
    ])
    if (row?.['model_id'] === id) models.set(id, { model: number, experiment: integer(row, 'experiment') })
  }
  return models
}

function loadModelMetrics(
  conn: SyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  models: ReadonlyMap<string, ModelState>,
): Map<string, StoredModelMetric> {
  const metrics = new Map<string, StoredModelMetric>()
  for (const { identity, model, key, timestamp, step, runId } of modelMetricsNeeded(records, models)) {
    const row = conn.get(
      `select value, dataset_name, dataset_digest from logged_model_metrics
       where tenant = ? and model = ? and key = ? and timestamp = ? and step = ? and run_id = ?`,
      [tenant, model, key, timestamp, step, runId],
    )
    if (row === undefined) continue
    metrics.set(identity, {
      value: row['value'] === null ? Number.NaN : Number(row['value']),
      datasetName: text(row['dataset_name']),
      datasetDigest: text(row['dataset_digest']),
    })
  }
  return metrics
}

/** Expired ones are removed, so that their ids can be written again. */
function loadRetries(
  conn: SyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  now: number,
): Map<string, StoredRetry> {
  const retries = new Map<string, StoredRetry>()
  for (const id of retryIdsOf(records)) {
    const row = conn.get(
      'select body_hash, expires, body, outcome, revision from retry_tokens where tenant = ? and token_id = ?',
      [tenant, id],
    )
    if (row === undefined) continue
    if (integer(row, 'expires') <= now) {
      conn.run('delete from retry_tokens where tenant = ? and token_id = ?', [tenant, id])
      continue
    }
    const [body, outcome] = [text(row['body']), text(row['outcome'])]
    retries.set(id, { bodyHash: String(row['body_hash']), body, outcome, revision: integer(row, 'revision') })
  }
  return retries
}

function integer(row: Row, column: string): Int64 {
  return row[column] as Int64
}

function text(value: SqlValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
