import type { Database } from '../db/database.ts'
import { type Tenant, tenantOf } from '../lib/tenant.ts'

/** Adds a workspace with its experiment 0 to the default platform: a second tenant for tests. */
export async function createTestWorkspace(database: Database, key: string): Promise<Tenant> {
  const workspaces = await database.lookup.selectFrom('workspaces').select('tenant').execute()
  const tenant = tenantOf(Math.max(...workspaces.map((workspace) => workspace.tenant)) + 1)
  const created = Date.now()
  await database.write(tenant, async (tx) => {
    await tx
      .insertInto('workspaces')
      .values({ tenant, platform: 1, key, name: key, created, next_experiment: 1 })
      .execute()
    await tx
      .insertInto('experiments')
      .values({
        tenant,
        experiment: 0,
        name: 'Default',
        artifact_location: 'mlflow-artifacts:/0',
        deleted: 0,
        created,
        updated: created,
        next_key: 1,
        revision: 1,
      })
      .execute()
  })
  return tenant
}
