import type { SyncConnection } from '../../db/sync-connection.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { RunState } from '../group-state.ts'
import type { GroupWrites, ModelMetricWrite, NewRunWrite, RetryWrite, SeriesWrite, TextWrite } from '../group-writes.ts'
import { type MergeTrigger, segmentsWorthMerging } from '../merge-trigger.ts'

/** What a group is written with. */
export interface GroupWriting {
  readonly conn: SyncConnection
  readonly tenant: Tenant
  /** Number of the group's segments. */
  readonly segment: Int64
  /** Epoch ms. */
  readonly now: number
  readonly trigger: MergeTrigger
}

/** Writes the rows of a group. */
export function writeGroup(writing: GroupWriting, writes: GroupWrites): void {
  const { conn, tenant, segment } = writing
  for (const { experiment, nextKey } of writes.nextKeys) {
    conn.run('update experiments set next_key = ? where tenant = ? and experiment = ?', [nextKey, tenant, experiment])
  }
  for (const { experiment, kind, key, name } of writes.newKeys) {
    const values = [tenant, experiment, kind, key, name]
    conn.run('insert into keys (tenant, experiment, kind, key, name) values (?, ?, ?, ?, ?)', values)
  }
  for (const run of writes.newRuns) insertRun(conn, tenant, run)
  for (const run of writes.changedRuns) updateRun(conn, tenant, run)
  for (const series of writes.series) addToSeries(writing, series)
  for (const run of writes.endedRuns) addEndedRun(writing, run)
  for (const param of writes.params) insertParam(conn, tenant, param)
  for (const tag of writes.tags) upsertTag(conn, tenant, tag)
  writes.modelMetrics.forEach((metric, i) => {
    insertModelMetric(conn, tenant, metric, BigInt(segment) + BigInt(i))
  })
  for (const retry of writes.retries) insertRetry(conn, tenant, retry)
}

function insertRun(conn: SyncConnection, tenant: Tenant, { state, record }: NewRunWrite): void {
  conn.run(
    `insert into runs (tenant, run, run_id, experiment, name, user_id, status, start_time, end_time, deleted,
       deleted_time, artifact_uri, revision)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, null, ?, ?)`,
    [
      tenant,
      state.run,
      state.runId,
      state.experiment,
      state.name,
      record.userId,
      state.status,
      state.startTime,
      state.endTime,
      record.artifactUri,
      state.revision,
    ],
  )
}

function updateRun(conn: SyncConnection, tenant: Tenant, run: RunState): void {
  conn.run('update runs set name = ?, status = ?, end_time = ?, revision = ? where tenant = ? and run = ?', [
    run.name,
    run.status,
    run.endTime,
    run.revision,
    tenant,
    run.run,
  ])
}

function addToSeries({ conn, tenant, segment, now, trigger }: GroupWriting, series: SeriesWrite): void {
  const { run, key, points, segment: s } = series
  conn.run(
    `insert into metric_segments (tenant, run, key, first_step, segment, last_step, first_ts, last_ts, n, vmin, vmax,
       vfirst, vlast, nan_count, codec, location, payload)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
    [
      tenant,
      run,
      key,
      s.firstStep,
      segment,
      s.lastStep,
      s.firstTs,
      s.lastTs,
      s.n,
      s.vmin,
      s.vmax,
      s.vfirst,
      s.vlast,
      s.nanCount,
      s.codec,
      s.payload,
    ],
  )
  const single = s.n === 1
  const last = single ? s.vfirst : s.vlast
  conn.run(summaryUpsert, [
    tenant,
    run,
    key,
    series.experiment,
    series.startTime,
    last,
    last === null ? 1 : 0,
    s.lastStep,
    points.timestamps[s.n - 1]!,
    single ? s.vfirst : s.vmin,
    single ? s.vfirst : s.vmax,
    s.vfirst,
    s.vfirst === null ? 1 : 0,
    s.firstStep,
    points.timestamps[0]!,
    s.n,
    s.nanCount,
  ])
  if (trigger.add(run, key, s.n)) {
    const values = [tenant, run, key, now]
    conn.run('insert into series_todo (tenant, run, key, since) values (?, ?, ?, ?) on conflict do nothing', values)
  }
}

function addEndedRun({ conn, tenant, now }: GroupWriting, run: Int64): void {
  conn.run(
    `insert into series_todo (tenant, run, key, since)
     select tenant, run, key, ? from metric_summary where tenant = ? and run = ? and points >= ?
     on conflict do nothing`,
    [now, tenant, run, segmentsWorthMerging],
  )
}

const newer = `(excluded.last_step, excluded.last_ts, coalesce(excluded.last_value, 0)) >
  (last_step, last_ts, coalesce(last_value, 0))`
const older = `(excluded.first_step, excluded.first_ts, coalesce(excluded.first_value, 0)) <
  (first_step, first_ts, coalesce(first_value, 0))`

const summaryUpsert = `
  insert into metric_summary (tenant, run, key, experiment, start_time, last_value, last_nan, last_step, last_ts,
    min_value, max_value, first_value, first_nan, first_step, first_ts, points, nan_count)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (tenant, run, key) do update set
    last_value = iif(${newer}, excluded.last_value, last_value),
    last_nan = iif(${newer}, excluded.last_nan, last_nan),
    last_step = iif(${newer}, excluded.last_step, last_step),
    last_ts = iif(${newer}, excluded.last_ts, last_ts),
    min_value = min(coalesce(min_value, excluded.min_value), coalesce(excluded.min_value, min_value)),
    max_value = max(coalesce(max_value, excluded.max_value), coalesce(excluded.max_value, max_value)),
    first_value = iif(${older}, excluded.first_value, first_value),
    first_nan = iif(${older}, excluded.first_nan, first_nan),
    first_step = iif(${older}, excluded.first_step, first_step),
    first_ts = iif(${older}, excluded.first_ts, first_ts),
    points = points + excluded.points,
    nan_count = nan_count + excluded.nan_count`

function insertParam(conn: SyncConnection, tenant: Tenant, param: TextWrite): void {
  const { run, key, experiment, startTime, value } = param
  const values = [tenant, run, key, experiment, startTime, value, valueKey(value)]
  conn.run(
    `insert into params (tenant, run, key, experiment, start_time, value, value_key) values (?, ?, ?, ?, ?, ?, ?)`,
    values,
  )
}

function upsertTag(conn: SyncConnection, tenant: Tenant, tag: TextWrite): void {
  const { run, key, experiment, startTime, value } = tag
  const values = [tenant, run, key, experiment, startTime, value, valueKey(value)]
  conn.run(
    `insert into tags (tenant, run, key, experiment, start_time, value, value_key) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (tenant, run, key) do update set value = excluded.value, value_key = excluded.value_key`,
    values,
  )
}

function insertRetry(conn: SyncConnection, tenant: Tenant, retry: RetryWrite): void {
  const { id, bodyHash, expires, body, outcome, revision } = retry
  conn.run(
    'insert into retry_tokens (tenant, token_id, body_hash, expires, body, outcome, revision) values (?, ?, ?, ?, ?, ?, ?)',
    [tenant, id, bodyHash, expires, body, outcome, revision],
  )
}

function insertModelMetric(conn: SyncConnection, tenant: Tenant, metric: ModelMetricWrite, position: bigint): void {
  const { model, experiment, key, timestamp, step, runId, value, datasetName, datasetDigest } = metric
  const stored = Number.isNaN(value) ? null : value
  conn.run(
    `insert into logged_model_metrics (tenant, model, experiment, key, timestamp, step, run_id, value, dataset_name,
       dataset_digest, position)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [tenant, model, experiment, key, timestamp, step, runId, stored, datasetName, datasetDigest, position],
  )
}
