import type { AsyncConnection, PostgresRow } from '../../db/async-connection.ts'
import { compareInt64, type Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import {
  experimentsOfNewRuns,
  type KeyNeed,
  type KeysAtHand,
  modelMetricsNeeded,
  modelsNeeded,
  paramsNeeded,
  runsNeeded,
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
import { int4Array, int8Array, textArray } from './binary-arrays.ts'
import { nameRefusal, textRules } from './text-rules.ts'

/**
 * Reads what the outcome of a group depends on, and locks it: first the experiments in which runs or names are new, then
 * the runs, each in order, so that groups and other writers never wait for each other in a circle.
 *
 * @param atHand the key numbers known before, to which those that are read are added
 */
export async function loadGroup(
  conn: AsyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  repeated: boolean,
  cache: KeyCache,
  atHand: KeysAtHand,
  now: number,
): Promise<GroupState> {
  const { keys, missing } = atHand
  const unnumbered = await loadKeys(conn, tenant, missing, cache)
  const numbered = new Set(unnumbered.map((need) => need.experiment))
  const created = experimentsOfNewRuns(records)
  const experiments = await lockExperiments(conn, tenant, new Set([...created, ...numbered]), numbered.size > 0)
  // Somebody else may have numbered them until the lock was ours.
  await loadKeys(conn, tenant, unnumbered, cache)
  const runs = await lockRuns(conn, tenant, records)
  const params = await loadParams(conn, tenant, paramsNeeded(records, runs, keys))
  const models = await loadModels(conn, tenant, records)
  const modelMetrics = models.size === 0 ? new Map() : await loadModelMetrics(conn, tenant, records, models)
  const retries = await loadRetries(conn, tenant, retryIdsOf(records), now)
  return { runs, experiments, keys, params, models, modelMetrics, retries, repeated, textRules }
}

/** @returns the names that have no number yet */
async function loadKeys(
  conn: AsyncConnection,
  tenant: Tenant,
  needs: readonly KeyNeed[],
  cache: KeyCache,
): Promise<KeyNeed[]> {
  if (needs.length === 0) return []
  const rows = await conn.query(
    `select k.experiment, k.kind, k.name, k.key
     from unnest($2::int8[], $3::int4[], $4::text[]) as u (experiment, kind, name)
     join keys k on k.tenant = $1 and k.experiment = u.experiment and k.kind = u.kind and k.name = u.name`,
    [
      tenant,
      int8Array(needs.map((need) => need.experiment)),
      int4Array(needs.map((need) => need.kind)),
      // A name that cannot be stored has no number; its record will be refused.
      textArray(needs.map(({ name }) => (nameRefusal(name) === undefined ? name : null))),
    ],
  )
  const found = new Set<string>()
  for (const row of rows) {
    const { experiment, kind, name } = row as unknown as KeyNeed
    cache.add(tenant, experiment, kind, name, Number(row['key']))
    found.add(`${experiment}/${kind}/${name}`)
  }
  return needs.filter(({ experiment, kind, name }) => !found.has(`${experiment}/${kind}/${name}`))
}

/** @param toNumber whether names get numbers in any of them; otherwise they only must not be deleted meanwhile */
async function lockExperiments(
  conn: AsyncConnection,
  tenant: Tenant,
  experiments: ReadonlySet<Int64>,
  toNumber: boolean,
): Promise<Map<Int64, ExperimentState>> {
  if (experiments.size === 0) return new Map()
  const rows = await conn.query(
    `select experiment, deleted, next_key from experiments
     where tenant = $1 and experiment = any ($2::int8[]) order by experiment ${toNumber ? 'for no key update' : 'for share'}`,
    [tenant, int8Array([...experiments].sort(compareInt64))],
  )
  return new Map(
    rows.map((row) => [
      integer(row, 'experiment'),
      { deleted: row['deleted'] === 1, nextKey: Number(row['next_key']) },
    ]),
  )
}

async function lockRuns(
  conn: AsyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
): Promise<Map<string, RunState>> {
  const needs = runsNeeded(records)
  const rows = await conn.query(
    `select run, run_id, experiment, start_time, deleted, name, status, end_time, revision
     from runs where tenant = $1 and run = any ($2::int8[]) order by run for no key update`,
    [tenant, int8Array(needs.map((need) => need.number).sort(compareInt64))],
  )
  return new Map(rows.map((row) => [String(row['run_id']), runState(row)]))
}

function runState(row: PostgresRow): RunState {
  return {
    run: integer(row, 'run'),
    runId: String(row['run_id']),
    experiment: integer(row, 'experiment'),
    startTime: integer(row, 'start_time'),
    deleted: row['deleted'] === 1,
    name: String(row['name']),
    status: Number(row['status']),
    endTime: row['end_time'] === null ? null : integer(row, 'end_time'),
    revision: integer(row, 'revision'),
  }
}

async function loadParams(
  conn: AsyncConnection,
  tenant: Tenant,
  needs: ReturnType<typeof paramsNeeded>,
): Promise<Map<string, Map<string, string>>> {
  const params = new Map<string, Map<string, string>>()
  if (needs.length === 0) return params
  const rows = await conn.query(
    `select p.run, p.key, p.value from unnest($2::int8[], $3::int4[]) as u (run, key)
     join params p on p.tenant = $1 and p.run = u.run and p.key = u.key`,
    [tenant, int8Array(needs.map((need) => need.run)), int4Array(needs.map((need) => need.key))],
  )
  const values = new Map(rows.map((row) => [`${row['run']}/${row['key']}`, String(row['value'])]))
  for (const { runId, run, key, name } of needs) {
    const value = values.get(`${run}/${key}`)
    if (value === undefined) continue
    let ofRun = params.get(runId)
    if (ofRun === undefined) {
      ofRun = new Map()
      params.set(runId, ofRun)
    }
    ofRun.set(name, value)
  }
  return params
}

async function loadModels(
  conn: AsyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
): Promise<Map<string, ModelState>> {
  const needs = modelsNeeded(records)
  if (needs.length === 0) return new Map()
  const rows = await conn.query(
    'select model, model_id, experiment from logged_models where tenant = $1 and model = any ($2::int8[])',
    [tenant, int8Array(needs.map((need) => need.number))],
  )
  return new Map(
    rows.map((row) => {
      return [String(row['model_id']), { model: integer(row, 'model'), experiment: integer(row, 'experiment') }]
    }),
  )
}

async function loadModelMetrics(
  conn: AsyncConnection,
  tenant: Tenant,
  records: readonly IngestRecord[],
  models: ReadonlyMap<string, ModelState>,
): Promise<Map<string, StoredModelMetric>> {
  const needs = modelMetricsNeeded(records, models)
  const rows = await conn.query(
    `select u.number, m.value, m.dataset_name, m.dataset_digest
     from unnest($2::int4[], $3::int8[], $4::text[], $5::int8[], $6::int8[], $7::text[])
       as u (number, model, key, timestamp, step, run_id)
     join logged_model_metrics m on m.tenant = $1 and m.model = u.model and m.key = u.key
       and m.timestamp = u.timestamp and m.step = u.step and m.run_id = u.run_id`,
    [
      tenant,
      int4Array(needs.map((_, number) => number)),
      int8Array(needs.map((need) => need.model)),
      textArray(needs.map(({ key }) => (nameRefusal(key) === undefined ? key : null))),
      int8Array(needs.map((need) => need.timestamp)),
      int8Array(needs.map((need) => need.step)),
      textArray(needs.map((need) => need.runId)),
    ],
  )
  return new Map(
    rows.map((row) => [
      needs[Number(row['number'])]!.identity,
      {
        value: row['value'] === null ? Number.NaN : Number(row['value']),
        datasetName: row['dataset_name'] as string | null,
        datasetDigest: row['dataset_digest'] as string | null,
      },
    ]),
  )
}

/**
 * Expired ones are removed, so that their ids can be written again. Another transaction may be writing one of them: then
 * the insert at the end of this one meets its row, and the group is tried again.
 */
async function loadRetries(
  conn: AsyncConnection,
  tenant: Tenant,
  ids: readonly string[],
  now: number,
): Promise<Map<string, StoredRetry>> {
  const retries = new Map<string, StoredRetry>()
  if (ids.length === 0) return retries
  const rows = await conn.query(
    `select token_id, body_hash, expires, body, outcome, revision from retry_tokens
     where tenant = $1 and token_id = any ($2::text[])`,
    [tenant, textArray(ids)],
  )
  const expired: string[] = []
  for (const row of rows) {
    const id = String(row['token_id'])
    if (integer(row, 'expires') <= now) expired.push(id)
    else {
      const [body, outcome] = [row['body'] as string | null, row['outcome'] as string | null]
      retries.set(id, { bodyHash: String(row['body_hash']), body, outcome, revision: integer(row, 'revision') })
    }
  }
  if (expired.length > 0) {
    await conn.query(
      'delete from retry_tokens where tenant = $1 and token_id = any ($2::text[]) and expires <= $3::int8',
      [tenant, textArray(expired), now],
    )
  }
  return retries
}

function integer(row: PostgresRow, column: string): Int64 {
  return row[column] as Int64
}
