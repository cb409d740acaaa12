import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { notFound } from '../errors/errors.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'

const tenant = tenantOf(1)

describe.each(databases)('a database on %s', (engine) => {
  test('has the default platform, workspace and experiment', async () => {
    await using database = await openTestDatabase(engine)
    const platform = await database.lookup.selectFrom('platforms').selectAll().executeTakeFirstOrThrow()
    const workspace = await database.lookup.selectFrom('workspaces').selectAll().executeTakeFirstOrThrow()
    const experiment = await database.read.selectFrom('experiments').selectAll().where('tenant', '=', 1).execute()
    expect(platform).toMatchObject({ platform: 1, id: 'ocid1.aidataplatform.local..default' })
    expect(workspace).toMatchObject({ tenant: 1, platform: 1, key: 'default', next_experiment: 1 })
    expect(experiment).toMatchObject([
      { tenant: 1, experiment: 0, name: 'Default', artifact_location: 'mlflow-artifacts:/0', deleted: 0 },
    ])
  })
})
void sleep, sql, notFound, tenant
