import type { Reader } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

const locationOfExperiment = prepared((db, p: { tenant: Tenant; experiment: Int64 }) =>
  db
    .selectFrom('experiments')
    .select('artifact_location')
    .where('tenant', '=', p.tenant)
    .where('experiment', '=', p.experiment),
)

/** The URI below which an experiment's artifacts lie, deleted or not; undefined for an unknown experiment. */
export async function findArtifactLocation(db: Reader, tenant: Tenant, experiment: Int64): Promise<string | undefined> {
  const [row] = await locationOfExperiment(db, { tenant, experiment })
  return row?.artifact_location
}

/** The stage that a view type asks for as the `deleted` flag; undefined for both. Absent means active ones. */
export function deletedFlagOf(viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL' = 'ACTIVE_ONLY'): 0 | 1 | undefined {
  return viewType === 'ALL' ? undefined : viewType === 'DELETED_ONLY' ? 1 : 0
}

/** Where the artifacts of a new experiment lie unless it says so itself (D12). */
export function defaultArtifactLocation(workspaceKey: string, experiment: Int64): string {
  return workspaceKey === 'default'
    ? `mlflow-artifacts:/${experiment}`
    : `mlflow-artifacts:/workspaces/${workspaceKey}/${experiment}`
}

/** Numbers of a workspace's experiments, deleted or not; at most `limit`. */
export async function experimentNumbers(db: Reader, tenant: Tenant, limit: number): Promise<Int64[]> {
  const rows = await db
    .selectFrom('experiments')
    .select('experiment')
    .where('tenant', '=', tenant)
    .orderBy('experiment')
    .limit(limit)
    .execute()
  return rows.map(({ experiment }) => experiment)
}
