import type { SyncConnection } from '../../db/sync-connection.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { createKeyCache, type KeyCache } from '../group-state.ts'
import type { IngestRecord, IngestResult } from '../ingest-record.ts'
import { planGroup } from '../plan-group.ts'
import { nextSegmentId } from '../segment-id.ts'
import { loadGroup } from './load-group.ts'
import { writeGroup } from './write-group.ts'

const keyCaches = new WeakMap<SyncConnection, KeyCache>()

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
  const fresh = conn.get(
    'insert into ingest_batches (tenant, batch_id, at) values (?, ?, ?) on conflict do nothing returning 1',
    [tenant, batchId, now],
  )
  const repeated = fresh === undefined
  const state = loadGroup(conn, tenant, records, repeated, keyCacheOf(conn))
  const { results, writes } = planGroup(state, records)
  if (!repeated) writeGroup(conn, tenant, writes, nextSegmentId(now), now)
  return results
}

function keyCacheOf(conn: SyncConnection): KeyCache {
  let cache = keyCaches.get(conn)
  if (cache === undefined) {
    cache = createKeyCache()
    keyCaches.set(conn, cache)
  }
  cache.trim()
  return cache
}
