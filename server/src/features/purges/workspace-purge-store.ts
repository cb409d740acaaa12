import { sql } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Platform, Tenant } from '../../lib/tenant.ts'
import { type Belonging, rowsAtOnce } from './purge-store.ts'

export type WorkspacePurge = Tables['workspace_purges']

/** Puts a workspace on the work list of the purge job, in the transaction that makes it invisible. */
export async function addWorkspacePurge(tx: Tx, platform: Platform, workspace: Tenant, now: number): Promise<void> {
  await tx.insertInto('workspace_purges').values({ tenant: platform, workspace, since: now }).execute()
}

/** The deleted workspaces of a platform that are still to be removed. */
export async function dueWorkspacePurges(db: Reader, platform: Platform): Promise<WorkspacePurge[]> {
  return db
    .selectFrom('workspace_purges')
    .selectAll()
    .where('tenant', '=', platform)
    .orderBy('workspace')
    .limit(100)
    .execute()
}

/** Lets no experiment be created any more by requests that were under way when the workspace was deleted. */
export async function closeWorkspace(tx: Tx, workspace: Tenant): Promise<void> {
  await tx.updateTable('workspaces').set({ next_experiment: 0 }).where('tenant', '=', workspace).execute()
}

/**
 * Every table with rows of a workspace, by the columns of its primary key behind the tenant. Experiments and runs come first:
 * nothing is logged where they are gone. What expires by itself is not here (retry tokens, batch ids), nor are the work lists
 * and leases of the jobs.
 */
const ofWorkspace: readonly Belonging[] = [
  ['experiments', ['experiment']],
  ['runs', ['run']],
  ['logged_models', ['model']],
  ['series_todo', ['run', 'key']],
  ['metric_segments', ['run', 'key', 'first_step', 'segment']],
  ['metric_summary', ['run', 'key']],
  ['params', ['run', 'key']],
  ['tags', ['run', 'key']],
  ['run_input_tags', ['run', 'dataset', 'name']],
  ['run_inputs', ['run', 'dataset']],
  ['run_model_inputs', ['run', 'model_id']],
  ['run_model_outputs', ['run', 'model_id']],
  ['logged_model_metrics', ['model', 'key', 'timestamp', 'step', 'run_id']],
  ['logged_model_params', ['model', 'key']],
  ['logged_model_tags', ['model', 'key']],
  ['experiment_tags', ['experiment', 'key']],
  ['datasets', ['experiment', 'dataset']],
  ['keys', ['experiment', 'kind', 'key']],
]

/**
 * Removes some rows of a workspace.
 *
 * @returns whether none are left
 */
export async function removeSomeOfWorkspace(tx: Tx, workspace: Tenant): Promise<boolean> {
  for (const [table, key] of ofWorkspace) {
    const columns = sql.join(key.map((column) => sql.ref(column)))
    const { rows } = await sql`delete from ${sql.table(table)} where tenant = ${workspace} and (${columns}) in
      (select ${columns} from ${sql.table(table)} where tenant = ${workspace} limit ${sql.lit(rowsAtOnce)})
      returning 1 as removed`.execute(tx)
    if (rows.length > 0) return false
  }
  return true
}

/** Takes a workspace that is wholly removed off the work list. */
export async function finishWorkspacePurge(tx: Tx, { tenant, workspace }: WorkspacePurge): Promise<void> {
  await tx.deleteFrom('workspace_purges').where('tenant', '=', tenant).where('workspace', '=', workspace).execute()
}
