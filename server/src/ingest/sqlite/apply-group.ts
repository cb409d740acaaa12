import type { SyncConnection } from '../../db/sync-connection.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { createKeyCache, type KeyCache } from '../group-state.ts'
import type { IngestRecord, IngestResult } from '../ingest-record.ts'
import { createMergeTrigger, type MergeTrigger } from '../merge-trigger.ts'
import { planGroup } from '../plan-group.ts'
import { nextSegmentId } from '../segment-id.ts'
import { loadGroup } from './load-group.ts'
import { createRunCache, type RunCache } from './run-cache.ts'
import { writeGroup } from './write-group.ts'

interface Learnt {
  readonly keys: KeyCache
  readonly runs: RunCache
  readonly trigger: MergeTrigger
}

const learntOn = new WeakMap<SyncConnection, Learnt>()

/**
 * Applies a group of records inside the write transaction that the connection is in; the caller commits, or rolls back
 * when this throws.
 *
 * When the batch id is there already the group was committed by an earlier try: nothing is written, and its outcome is
 * worked out again from what is stored (params, runs and model metrics are still as it left them).
 *
 * @param now epoch ms
 */
export function applyGroup(
  conn: SyncConnection,
  tenant: Tenant,
  batchId: string,
  records: readonly IngestRecord[],
  now: number,
): IngestResult[] {
  const { keys, runs, trigger } = learnt(conn)
  runs.begin(conn)
  const fresh = conn.get(
    'insert into ingest_batches (tenant, batch_id, at) values (?, ?, ?) on conflict do nothing returning 1 as fresh',
    [tenant, batchId, now],
  )
  const repeated = fresh === undefined
  const state = loadGroup(conn, tenant, records, repeated, keys, runs, now)
  const { results, writes } = planGroup(state, records)
  if (!repeated) writeGroup({ conn, tenant, segment: nextSegmentId(now), now, trigger }, writes)
  runs.end(conn, tenant, writes.changedRuns)
  return results
}

function learnt(conn: SyncConnection): Learnt {
  let known = learntOn.get(conn)
  if (known === undefined) {
    known = { keys: createKeyCache(), runs: createRunCache(), trigger: createMergeTrigger() }
    learntOn.set(conn, known)
  }
  known.keys.trim()
  return known
}
