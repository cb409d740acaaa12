import type { AsyncConnection } from '../../db/async-connection.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { NumberedId, RunPlace } from '../group-needs.ts'
import { int8Array } from './binary-arrays.ts'

/** What is known of committed runs and never changes, by tenant and run id. */
export interface RunPlaces {
  /** To be called between groups: forgets everything when there is too much. */
  trim(): void
  get(tenant: Tenant, runId: string): RunPlace | undefined
  set(tenant: Tenant, runId: string, place: RunPlace): void
}

/** @param limit runs kept; beyond it everything is forgotten and read again */
export function createRunPlaces(limit = 50_000): RunPlaces {
  const places = new Map<string, RunPlace>()
  return {
    trim() {
      if (places.size >= limit) places.clear()
    },
    get: (tenant, runId) => places.get(`${tenant}/${runId}`),
    set: (tenant, runId, place) => void places.set(`${tenant}/${runId}`, place),
  }
}

/**
 * Finds the runs of a group without locking them. Call it before the transaction inserts any.
 *
 * @returns by run id; unknown runs are absent
 */
export async function placeRuns(
  conn: AsyncConnection,
  tenant: Tenant,
  needs: readonly NumberedId[],
  places: RunPlaces,
): Promise<Map<string, RunPlace>> {
  const unplaced = needs.filter(({ id }) => places.get(tenant, id) === undefined)
  if (unplaced.length > 0) {
    const rows = await conn.query(
      'select run, run_id, experiment, start_time from runs where tenant = $1 and run = any ($2::int8[])',
      [tenant, int8Array(unplaced.map((need) => need.number))],
    )
    for (const row of rows) {
      const place = { run: row['run'], experiment: row['experiment'], startTime: row['start_time'] }
      places.set(tenant, String(row['run_id']), place as Record<keyof RunPlace, Int64>)
    }
  }
  const found = new Map<string, RunPlace>()
  for (const { id } of needs) {
    const place = places.get(tenant, id)
    if (place !== undefined) found.set(id, place)
  }
  return found
}
