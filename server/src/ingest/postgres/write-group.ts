import type { AsyncConnection } from '../../db/async-connection.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { RunState } from '../group-state.ts'
import type { GroupWrites, KeyWrite, ModelMetricWrite, NewRunWrite, RetryWrite, TextWrite } from '../group-writes.ts'
import { segmentsWorthMerging } from '../merge-trigger.ts'
import { float8Array, int4Array, int8Array, textArray } from './binary-arrays.ts'
import { seriesColumns, seriesInserts } from './series-statement.ts'

/** Writes the rows of a group, one statement a table. `segment` numbers its segments; `now` is epoch ms. */
export async function writeGroup(
  conn: AsyncConnection,
  tenant: Tenant,
  writes: GroupWrites,
  segment: Int64,
  now: number,
): Promise<void> {
  if (writes.newKeys.length > 0) await insertKeys(conn, tenant, writes)
  if (writes.newRuns.length > 0) await insertRuns(conn, tenant, writes.newRuns)
  if (writes.changedRuns.length > 0) await updateRuns(conn, tenant, writes.changedRuns)
  if (writes.series.length > 0) {
    await conn.query(seriesInserts, [tenant, segment, now, ...seriesColumns(writes.series)])
  }
  if (writes.endedRuns.length > 0) await addEndedRuns(conn, tenant, writes.endedRuns, now)
  if (writes.params.length > 0) await conn.query(insertParams, textParameters(tenant, writes.params))
  if (writes.tags.length > 0) await conn.query(upsertTags, textParameters(tenant, writes.tags))
  if (writes.modelMetrics.length > 0) await insertModelMetrics(conn, tenant, writes.modelMetrics, segment)
  if (writes.retries.length > 0) await insertRetries(conn, tenant, writes.retries)
}

async function insertKeys(
  conn: AsyncConnection,
  tenant: Tenant,
  { newKeys, nextKeys }: { newKeys: readonly KeyWrite[]; nextKeys: GroupWrites['nextKeys'] },
): Promise<void> {
  await conn.query(
    `update experiments e set next_key = u.next_key from unnest($2::int8[], $3::int4[]) as u (experiment, next_key)
     where e.tenant = $1 and e.experiment = u.experiment`,
    [tenant, int8Array(nextKeys.map((next) => next.experiment)), int4Array(nextKeys.map((next) => next.nextKey))],
  )
  await conn.query(
    `insert into keys (tenant, experiment, kind, key, name)
     select $1::int4, u.* from unnest($2::int8[], $3::int4[], $4::int4[], $5::text[]) as u`,
    [
      tenant,
      int8Array(newKeys.map((write) => write.experiment)),
      int4Array(newKeys.map((write) => write.kind)),
      int4Array(newKeys.map((write) => write.key)),
      textArray(newKeys.map((write) => write.name)),
    ],
  )
}

async function insertRuns(conn: AsyncConnection, tenant: Tenant, runs: readonly NewRunWrite[]): Promise<void> {
  await conn.query(
    `insert into runs (tenant, run, run_id, experiment, name, user_id, status, start_time, end_time, artifact_uri,
       revision, deleted)
     select $1::int4, u.*, 0 from unnest($2::int8[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::int4[], $8::int8[],
       $9::int8[], $10::text[], $11::int8[]) as u`,
    [
      tenant,
      int8Array(runs.map(({ state }) => state.run)),
      textArray(runs.map(({ state }) => state.runId)),
      int8Array(runs.map(({ state }) => state.experiment)),
      textArray(runs.map(({ state }) => state.name)),
      textArray(runs.map(({ record }) => record.userId)),
      int4Array(runs.map(({ state }) => state.status)),
      int8Array(runs.map(({ state }) => state.startTime)),
      int8Array(runs.map(({ state }) => state.endTime)),
      textArray(runs.map(({ record }) => record.artifactUri)),
      int8Array(runs.map(({ state }) => state.revision)),
    ],
  )
}

async function updateRuns(conn: AsyncConnection, tenant: Tenant, runs: readonly RunState[]): Promise<void> {
  await conn.query(
    `update runs r set name = u.name, status = u.status, end_time = u.end_time, revision = u.revision
     from unnest($2::int8[], $3::text[], $4::int4[], $5::int8[], $6::int8[])
       as u (run, name, status, end_time, revision)
     where r.tenant = $1 and r.run = u.run`,
    [
      tenant,
      int8Array(runs.map((run) => run.run)),
      textArray(runs.map((run) => run.name)),
      int4Array(runs.map((run) => run.status)),
      int8Array(runs.map((run) => run.endTime)),
      int8Array(runs.map((run) => run.revision)),
    ],
  )
}

async function addEndedRuns(conn: AsyncConnection, tenant: Tenant, runs: readonly Int64[], now: number): Promise<void> {
  await conn.query(
    `insert into series_todo (tenant, run, key, since)
     select tenant, run, key, $3::int8 from metric_summary
     where tenant = $1 and run = any ($2::int8[]) and points >= ${segmentsWorthMerging} order by run, key
     on conflict do nothing`,
    [tenant, int8Array(runs), now],
  )
}

const textRows = `(tenant, run, key, experiment, start_time, value, value_key)
  select $1::int4, u.* from unnest($2::int8[], $3::int4[], $4::int8[], $5::int8[], $6::text[], $7::text[]) as u`

const insertParams = `insert into params ${textRows}`

const upsertTags = `insert into tags ${textRows}
  on conflict (tenant, run, key) do update set value = excluded.value, value_key = excluded.value_key`

function textParameters(tenant: Tenant, texts: readonly TextWrite[]): unknown[] {
  return [
    tenant,
    int8Array(texts.map((text) => text.run)),
    int4Array(texts.map((text) => text.key)),
    int8Array(texts.map((text) => text.experiment)),
    int8Array(texts.map((text) => text.startTime)),
    textArray(texts.map((text) => text.value)),
    textArray(texts.map((text) => valueKey(text.value))),
  ]
}

async function insertRetries(conn: AsyncConnection, tenant: Tenant, retries: readonly RetryWrite[]): Promise<void> {
  await conn.query(
    `insert into retry_tokens (tenant, token_id, body_hash, expires, body, outcome, revision)
     select $1::int4, u.* from unnest($2::text[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::int8[]) as u`,
    [
      tenant,
      textArray(retries.map((retry) => retry.id)),
      textArray(retries.map((retry) => retry.bodyHash)),
      int8Array(retries.map((retry) => retry.expires)),
      textArray(retries.map((retry) => retry.body)),
      textArray(retries.map((retry) => retry.outcome)),
      int8Array(retries.map((retry) => retry.revision)),
    ],
  )
}

async function insertModelMetrics(
  conn: AsyncConnection,
  tenant: Tenant,
  metrics: readonly ModelMetricWrite[],
  segment: Int64,
): Promise<void> {
  await conn.query(
    `insert into logged_model_metrics (tenant, model, experiment, key, timestamp, step, run_id, value, dataset_name,
       dataset_digest, position)
     select $1::int4, u.* from unnest($2::int8[], $3::int8[], $4::text[], $5::int8[], $6::int8[], $7::text[], $8::float8[],
       $9::text[], $10::text[], $11::int8[]) as u`,
    [
      tenant,
      int8Array(metrics.map((metric) => metric.model)),
      int8Array(metrics.map((metric) => metric.experiment)),
      textArray(metrics.map((metric) => metric.key)),
      int8Array(metrics.map((metric) => metric.timestamp)),
      int8Array(metrics.map((metric) => metric.step)),
      textArray(metrics.map((metric) => metric.runId)),
      float8Array(metrics.map(({ value }) => (Number.isNaN(value) ? null : value))),
      textArray(metrics.map((metric) => metric.datasetName)),
      textArray(metrics.map((metric) => metric.datasetDigest)),
      int8Array(metrics.map((_, i) => BigInt(segment) + BigInt(i))),
    ],
  )
}
