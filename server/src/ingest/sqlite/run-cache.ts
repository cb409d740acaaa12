import type { SyncConnection } from '../../db/sync-connection.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { RunState } from '../group-state.ts'

/**
 * Runs as they are stored, kept from group to group: reading each again would take an eighth of the time of a single
 * point. Only this connection writes, and its own count of changes tells whether anything but groups has been written.
 */
export interface RunCache {
  /** To be called at the start of a group: forgets everything when something else was written since the last one. */
  begin(conn: SyncConnection): void
  get(tenant: Tenant, runId: string): RunState | undefined
  /** Keeps what was read before the group's own writes, so that a rollback takes nothing back. */
  add(tenant: Tenant, state: RunState): void
  /** To be called at the end of a group, with the runs that it has changed. */
  end(conn: SyncConnection, tenant: Tenant, changed: readonly RunState[]): void
}

/** @param limit runs kept; beyond it everything is forgotten */
export function createRunCache(limit = 20_000): RunCache {
  const runs = new Map<string, RunState>()
  let seen = -1
  return {
    begin(conn) {
      if (runs.size > 0 && (runs.size >= limit || changesOf(conn) !== seen)) runs.clear()
    },
    get: (tenant, runId) => runs.get(`${tenant}/${runId}`),
    add: (tenant, state) => void runs.set(`${tenant}/${state.runId}`, state),
    end(conn, tenant, changed) {
      for (const { runId } of changed) runs.delete(`${tenant}/${runId}`)
      seen = changesOf(conn)
    },
  }
}

function changesOf(conn: SyncConnection): number {
  return Number(conn.get('select total_changes() as changes', [])?.['changes'])
}
