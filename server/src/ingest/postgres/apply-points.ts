import type { AsyncConnection } from '../../db/async-connection.ts'
import type { AppError } from '../../errors/app-error.ts'
import { runNotActive, runNotFound } from '../../errors/errors.ts'
import { compareInt64, type Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { RunPlace } from '../group-needs.ts'
import type { ExperimentKeys, GroupState, RunState } from '../group-state.ts'
import type { IngestRecord, IngestResult } from '../ingest-record.ts'
import { planGroup } from '../plan-group.ts'
import { nextSegmentId } from '../segment-id.ts'
import { int8Array } from './binary-arrays.ts'
import { seriesColumns, seriesRows, seriesWrites } from './series-statement.ts'
import { textRules } from './text-rules.ts'

/**
 * Whether each record of a group adds points and nothing else, so that only what its run has become can refuse it. A record
 * without any would be answered without a look at its run.
 */
export function isPointsOnly(records: readonly IngestRecord[]): boolean {
  return records.every(
    (record) =>
      record.kind === 'log' &&
      record.retry === undefined &&
      record.ifMatch === undefined &&
      record.metrics.length > 0 &&
      record.params.length === 0 &&
      record.tags.length === 0 &&
      record.metrics.every(({ modelId }) => modelId === undefined),
  )
}

/**
 * Parameters: tenant, segment number, time, `seriesColumns`, batch id, run numbers. Locks the runs in order; nothing is
 * written when the batch id is there already, nor of runs that have been deleted.
 */
const statement = `
  with fresh as (
    insert into ingest_batches (tenant, batch_id, at) values ($1::int4, $23, $3::int8)
    on conflict do nothing returning 1
  ), locked as (
    select run, deleted, revision from runs
    where tenant = $1::int4 and run = any ($24::int8[]) order by run for no key update
  ), g as (
    select u.* from ${seriesRows}
    where exists (select from fresh) and run in (select run from locked where deleted = 0)
  ), ${seriesWrites}
  select run, deleted, revision from locked`

/**
 * Applies a group of points in one statement: over a network, round trips are most of what a small group costs.
 *
 * @param placed the stored runs of the group
 * @param keys the numbers of all its metrics
 */
export async function applyPoints(
  conn: AsyncConnection,
  tenant: Tenant,
  batchId: string,
  records: readonly IngestRecord[],
  now: number,
  placed: ReadonlyMap<string, RunPlace>,
  keys: ReadonlyMap<Int64, ExperimentKeys>,
): Promise<IngestResult[]> {
  const { results, writes } = planGroup(assumedState(placed, keys), records)
  if (writes.series.length === 0) return results
  const rows = await conn.query(statement, [
    tenant,
    nextSegmentId(now),
    now,
    ...seriesColumns(writes.series),
    batchId,
    int8Array(Array.from(placed.values(), ({ run }) => run).sort(compareInt64)),
  ])
  const found = new Map(rows.map((row) => [row['run'] as Int64, row]))
  return results.map((result, i) => {
    if (!result.ok) return result
    const { runId } = records[i]!
    const run = found.get(placed.get(runId)!.run)
    if (run === undefined) return refused(runNotFound(runId))
    if (run['deleted'] === 1) return refused(runNotActive(runId))
    return { ok: true, revision: run['revision'] as Int64 }
  })
}

/** As if every run were active; the statement finds out. */
function assumedState(placed: ReadonlyMap<string, RunPlace>, keys: ReadonlyMap<Int64, ExperimentKeys>): GroupState {
  const unread = { deleted: false, name: '', status: 1, endTime: null, revision: 0 }
  const runs = new Map(
    Array.from(placed, ([runId, place]): [string, RunState] => [runId, { ...unread, runId, ...place }]),
  )
  const none = new Map()
  return {
    runs,
    keys,
    experiments: none,
    params: none,
    models: none,
    modelMetrics: none,
    retries: none,
    repeated: false,
    textRules,
  }
}

function refused({ code, message }: AppError): IngestResult {
  return { ok: false, code, message }
}
