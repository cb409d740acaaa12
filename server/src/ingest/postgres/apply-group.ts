import type { AsyncConnection } from '../../db/async-connection.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { keysAtHand, runsNeeded } from '../group-needs.ts'
import { createKeyCache, type KeyCache } from '../group-state.ts'
import type { IngestRecord, IngestResult } from '../ingest-record.ts'
import { planGroup } from '../plan-group.ts'
import { nextSegmentId } from '../segment-id.ts'
import { applyPoints, isPointsOnly } from './apply-points.ts'
import { loadGroup } from './load-group.ts'
import { createRunPlaces, placeRuns, type RunPlaces } from './run-places.ts'
import { writeGroup } from './write-group.ts'

interface Learnt {
  readonly keys: KeyCache
  readonly places: RunPlaces
}

const learntOn = new WeakMap<AsyncConnection, Learnt>()

/**
 * Applies a group of records inside the (read committed) transaction that the connection is in; the caller commits, or
 * rolls back when this throws.
 *
 * When the batch id is there already the group was committed by an earlier try: nothing is written, and its outcome is
 * worked out again from what is stored (params, runs and model metrics are still as it left them).
 *
 * @param now epoch ms
 */
export async function applyGroup(
  conn: AsyncConnection,
  tenant: Tenant,
  batchId: string,
  records: readonly IngestRecord[],
  now: number,
): Promise<IngestResult[]> {
  const { keys, places } = learnt(conn)
  const placed = await placeRuns(conn, tenant, runsNeeded(records), places)
  const atHand = keysAtHand(tenant, records, placed, keys)
  if (atHand.missing.length === 0 && isPointsOnly(records)) {
    return applyPoints(conn, tenant, batchId, records, now, placed, atHand.keys)
  }
  const fresh = await conn.query(
    'insert into ingest_batches (tenant, batch_id, at) values ($1, $2, $3) on conflict do nothing returning 1',
    [tenant, batchId, now],
  )
  const repeated = fresh.length === 0
  const state = await loadGroup(conn, tenant, records, repeated, keys, atHand, now)
  const { results, writes } = planGroup(state, records)
  if (!repeated) await writeGroup(conn, tenant, writes, nextSegmentId(now), now)
  return results
}

function learnt(conn: AsyncConnection): Learnt {
  let known = learntOn.get(conn)
  if (known === undefined) {
    known = { keys: createKeyCache(), places: createRunPlaces() }
    learntOn.set(conn, known)
  }
  known.keys.trim()
  known.places.trim()
  return known
}
