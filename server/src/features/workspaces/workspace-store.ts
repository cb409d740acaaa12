import { type RawBuilder, sql } from 'kysely'
import type { WorkspacePlace } from '../../context/workspace-directory.ts'
import type { Database, Reader, Tx } from '../../db/database.ts'
import { checkRaisedRevision, checkRevision } from '../../db/precondition.ts'
import { prepared } from '../../db/prepared.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { firstExperimentOf } from '../../lib/experiment-number.ts'
import { type Platform, platformOf, type Tenant, tenantOf } from '../../lib/tenant.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { defaultArtifactLocation } from '../experiments/experiment-public.ts'

/** Ids under which the default platform and workspace are reached by path; the stock mount is the same workspace. */
export const defaultPlatformId = 'ocid1.aidataplatform.local..default'
export const defaultWorkspaceKey = 'default'

export type WorkspaceRow = Tables['workspace_details']

const platformById = prepared((db, p: { id: string }) =>
  db.selectFrom('platforms').select('platform').where('id', '=', p.id),
)

const workspaceByKey = prepared((db, p: { platform: Platform; key: string }) =>
  db
    .selectFrom('workspace_details')
    .select(['workspace', 'state'])
    .where('tenant', '=', p.platform)
    .where('key', '=', p.key),
)

/** The workspace of a path, or undefined when platform or workspace is not known, or the workspace deleted. */
export async function findWorkspace(
  db: Reader,
  platformId: string,
  workspaceKey: string,
): Promise<WorkspacePlace | undefined> {
  const [platform] = await platformById(db, { id: platformId })
  if (platform === undefined) return undefined
  const place = platformOf(platform.platform)
  const [row] = await workspaceByKey(db, { platform: place, key: workspaceKey })
  if (row === undefined || row.state === 'DELETED') return undefined
  return { workspaceKey, tenant: tenantOf(row.workspace), platform: place }
}

/** The key of the workspace that has a name; undefined when there is none. */
export async function findWorkspaceNamed(db: Reader, platformId: string, name: string): Promise<string | undefined> {
  const [platform] = await platformById(db, { id: platformId })
  return platform === undefined ? undefined : (await workspaceNamed(db, platformOf(platform.platform), name))?.key
}

/** The workspace of a name, among those that are not deleted. */
export async function workspaceNamed(
  db: Reader | Tx,
  platform: Platform,
  name: string,
): Promise<{ readonly workspace: number; readonly key: string } | undefined> {
  return db
    .selectFrom('workspace_details')
    .select(['workspace', 'key'])
    .where('tenant', '=', platform)
    .where('name', '=', name)
    .where('state', '!=', 'DELETED')
    .executeTakeFirst()
}

/** Whether a platform has a workspace of a key that is not deleted. */
export async function workspaceExists(db: Reader, platform: Platform, key: string): Promise<boolean> {
  const [row] = await workspaceByKey(db, { platform, key })
  return row !== undefined && row.state !== 'DELETED'
}

/** What is known of a workspace, deleted or not. */
export async function workspaceDetails(
  db: Reader | Tx,
  platform: Platform,
  workspace: Tenant,
): Promise<WorkspaceRow | undefined> {
  return db
    .selectFrom('workspace_details')
    .selectAll()
    .where('tenant', '=', platform)
    .where('workspace', '=', workspace)
    .executeTakeFirst()
}

/**
 * Takes a number for a new workspace and gives it its experiment Default. Clients do not see it before its details are
 * there; a number whose workspace never came to be is not used again.
 *
 * @throws DriverError `unique` when somebody else has taken the number: try again
 */
export async function prepareWorkspace(
  db: Database,
  platform: Platform,
  { key, name }: { readonly key: string; readonly name: string },
  now: number,
): Promise<Tenant> {
  const { last } = await db.lookup
    .selectFrom('workspaces')
    .select((expression) => expression.fn.max('tenant').as('last'))
    .executeTakeFirstOrThrow()
  const tenant = tenantOf(Number(last) + 1)
  const experiment = firstExperimentOf(tenant)
  await db.write(tenant, async (tx) => {
    const next_experiment = Number(experiment) + 1
    await tx.insertInto('workspaces').values({ tenant, platform, key, name, created: now, next_experiment }).execute()
    await tx
      .insertInto('experiments')
      .values({
        tenant,
        experiment,
        name: 'Default',
        artifact_location: defaultArtifactLocation(key, experiment),
        deleted: 0,
        created: now,
        updated: now,
        next_key: 1,
        revision: 1,
      })
      .execute()
  })
  return tenant
}

/**
 * Reports a workspace's revision for `if-match`, where something that is not in its row is changed.
 *
 * @throws AppError `no-etag-match`
 */
export async function checkWorkspaceRevision(tx: Tx, platform: Platform, workspace: Tenant): Promise<void> {
  const row = await tx
    .selectFrom('workspace_details')
    .select('revision')
    .where('tenant', '=', platform)
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  if (row !== undefined) checkRevision(tx, row.revision)
}

/** Makes two transactions that give names to workspaces of a platform wait for each other. */
export async function lockNames(tx: Tx, platform: Platform): Promise<void> {
  await tx
    .updateTable('workspace_details')
    .set((expression) => ({ state: expression.ref('state') }))
    .where('tenant', '=', platform)
    .where('key', '=', defaultWorkspaceKey)
    .execute()
}

export async function insertWorkspaceDetails(tx: Tx, row: WorkspaceRow): Promise<void> {
  await tx.insertInto('workspace_details').values(row).execute()
}

type Changes = Pick<WorkspaceRow, 'updated' | 'updated_by' | 'updated_by_name'> &
  Partial<Pick<WorkspaceRow, 'name' | 'description' | 'default_catalog' | 'network' | 'state'>>

/** Changes a workspace that is not deleted. @returns undefined when there is none */
export async function changeWorkspaceDetails(
  tx: Tx,
  platform: Platform,
  workspace: Tenant,
  changes: Changes,
): Promise<WorkspaceRow | undefined> {
  const row = await tx
    .updateTable('workspace_details')
    .set((expression) => ({ ...changes, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', platform)
    .where('workspace', '=', workspace)
    .where('state', '!=', 'DELETED')
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) checkRaisedRevision(tx, row.revision)
  return row
}

/** Whether a workspace holds anything that is in use: an active experiment other than Default, or an active run. */
export async function isInUse(db: Reader, tenant: Tenant): Promise<boolean> {
  const experiment = await db
    .selectFrom('experiments')
    .select('experiment')
    .where('tenant', '=', tenant)
    .where('deleted', '=', 0)
    .where('experiment', '!=', firstExperimentOf(tenant))
    .limit(1)
    .executeTakeFirst()
  if (experiment !== undefined) return true
  const run = await db
    .selectFrom('runs')
    .select('run_id')
    .where('tenant', '=', tenant)
    .where('experiment', '=', firstExperimentOf(tenant))
    .where('deleted', '=', 0)
    .limit(1)
    .executeTakeFirst()
  return run !== undefined
}

export interface WorkspaceListing {
  readonly platform: Platform
  /** Which workspaces the caller may see, in terms of `w`. */
  readonly visible: Condition
  /** Absent: all but deleted ones. */
  readonly state?: string | undefined
  readonly name?: string | undefined
  readonly nameContains?: string | undefined
  readonly type?: string | undefined
  readonly hasNetwork?: boolean | undefined
  readonly order: { readonly by: 'created' | 'name'; readonly descending: boolean }
  readonly after: SortValues | undefined
  readonly limit: number
}

export function workspaceSortKeys({ by, descending }: WorkspaceListing['order']): SortKey[] {
  return [
    by === 'name'
      ? { kind: 'text', expression: sql.ref('w.name'), descending }
      : { kind: 'integer', expression: sql.ref('w.created'), descending },
    { kind: 'integer', expression: sql.ref('w.workspace'), descending },
  ]
}

/** Up to `limit` workspaces, in order. */
export async function listWorkspaceDetails(db: Reader, listing: WorkspaceListing): Promise<WorkspaceRow[]> {
  const { platform, visible, state, name, nameContains, type, hasNetwork, order, after, limit } = listing
  const keys = workspaceSortKeys(order)
  const conditions: RawBuilder<unknown>[] = [
    sql`w.tenant = ${platform}`,
    visible,
    state === undefined ? sql`w.state <> 'DELETED'` : sql`w.state = ${state}`,
    name === undefined ? always : sql`w.name = ${name}`,
    nameContains === undefined ? always : containsText(nameContains),
    type === undefined ? always : sql`w.type = ${type}`,
    hasNetwork === undefined ? always : hasNetwork ? sql`w.network is not null` : sql`w.network is null`,
    after === undefined ? always : behind(keys, after),
  ]
  const { rows } = await sql<WorkspaceRow>`select w.* from workspace_details as w
    where ${sql.join(conditions, sql` and `)} order by ${orderOf(keys)} limit ${limit}`.execute(db)
  return rows
}

/** Without regard to case. */
function containsText(text: string): RawBuilder<unknown> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql`lower(w.name) like ${pattern} escape '\\'`
}
