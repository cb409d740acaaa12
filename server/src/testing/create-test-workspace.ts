import type { Database } from '../db/database.ts'
import { insertWorkspaceDetails, prepareWorkspace } from '../features/workspaces/workspace-store.ts'
import { type Platform, platformOf, type Tenant } from '../lib/tenant.ts'

/** Adds a workspace with its experiment Default, to the default platform unless another is named: one more tenant for tests. */
export async function createTestWorkspace(
  database: Database,
  key: string,
  platform: Platform = platformOf(1),
): Promise<Tenant> {
  const created = Date.now()
  const workspace = await prepareWorkspace(database, platform, { key, name: key }, created)
  const by = { created_by: 'test', created_by_name: 'test', updated_by: 'test', updated_by_name: 'test' }
  const row = { tenant: platform, workspace, key, name: key, description: null, type: 'USER', state: 'ACTIVE' }
  await database.write(platform, (tx) =>
    insertWorkspaceDetails(tx, {
      ...row,
      ...by,
      created,
      updated: created,
      default_catalog: 'default',
      network: null,
      revision: 1,
    }),
  )
  return workspace
}
