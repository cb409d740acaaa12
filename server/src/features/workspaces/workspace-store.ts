import type { Reader } from '../../db/database.ts'
import { type Platform, platformOf, type Tenant, tenantOf } from '../../lib/tenant.ts'

/** Ids under which the default platform and workspace are reached by path; the stock mount is the same workspace. */
export const defaultPlatformId = 'ocid1.aidataplatform.local..default'
export const defaultWorkspaceKey = 'default'

/** A workspace and its platform, by their numbers. */
export interface WorkspacePlace {
  readonly workspaceKey: string
  readonly tenant: Tenant
  readonly platform: Platform
}

/** The workspace of a path, or undefined when platform or workspace is not known. */
export async function findWorkspace(
  db: Reader,
  platformId: string,
  workspaceKey: string,
): Promise<WorkspacePlace | undefined> {
  const row = await db
    .selectFrom('workspaces')
    .innerJoin('platforms', 'platforms.platform', 'workspaces.platform')
    .select(['workspaces.tenant', 'workspaces.platform'])
    .where('platforms.id', '=', platformId)
    .where('workspaces.key', '=', workspaceKey)
    .executeTakeFirst()
  return row === undefined
    ? undefined
    : { workspaceKey, tenant: tenantOf(row.tenant), platform: platformOf(row.platform) }
}
