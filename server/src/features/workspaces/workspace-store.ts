import type { Reader } from '../../db/database.ts'
import { type Tenant, tenantOf } from '../../lib/tenant.ts'

/** Ids under which the default platform and workspace are reached by path; the stock mount is the same workspace. */
export const defaultPlatformId = 'ocid1.aidataplatform.local..default'
export const defaultWorkspaceKey = 'default'

/** The workspace of a path, or undefined when platform or workspace is not known. */
export async function findWorkspace(db: Reader, platformId: string, workspaceKey: string): Promise<Tenant | undefined> {
  const row = await db
    .selectFrom('workspaces')
    .innerJoin('platforms', 'platforms.platform', 'workspaces.platform')
    .select('workspaces.tenant')
    .where('platforms.id', '=', platformId)
    .where('workspaces.key', '=', workspaceKey)
    .executeTakeFirst()
  return row === undefined ? undefined : tenantOf(row.tenant)
}
