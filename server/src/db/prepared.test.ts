import { describe, expect, test } from 'vitest'
import type { Int64 } from '../lib/int64.ts'
import { type Tenant, tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { prepared } from './prepared.ts'

const tenant = tenantOf(1)

describe.each(databases)('a prepared query on %s', (engine) => {
  test('is built once and runs with the values of each call, on every handle', async () => {
    let built = 0
    const experimentNames = prepared((db, p: { tenant: Tenant; from: Int64; deleted: 0 | 1 }) => {
      built++
      return db
        .selectFrom('experiments')
        .select(['name', 'experiment'])
        .where('tenant', '=', p.tenant)
        .where('experiment', '>=', p.from)
        .where('deleted', '=', p.deleted)
        .where('revision', '>', 0)
        .orderBy('experiment')
    })
    await using database = await openTestDatabase(engine)
    const values = { tenant, from: 0, deleted: 0 } as const
    for (const handle of [database.lookup, database.read]) {
      expect(await experimentNames(handle, values)).toEqual([{ name: 'Default', experiment: 0 }])
      expect(await experimentNames(handle, { ...values, from: 2n ** 60n })).toEqual([])
      expect(await experimentNames(handle, { ...values, deleted: 1 })).toEqual([])
    }
    const inside = await database.write(tenant, async (tx) => {
      await tx.updateTable('experiments').set({ name: 'renamed' }).where('tenant', '=', tenant).execute()
      return experimentNames(tx, values)
    })
    expect(inside).toEqual([{ name: 'renamed', experiment: 0 }])
    expect(built).toBe(1)
  })

  test('may use a value twice', async () => {
    const twice = prepared((db, p: { tenant: Tenant; name: string }) =>
      db
        .selectFrom('experiments')
        .select('experiment')
        .where('tenant', '=', p.tenant)
        .where((eb) => eb.or([eb('name', '=', p.name), eb('artifact_location', '=', p.name)])),
    )
    await using database = await openTestDatabase(engine)
    expect(await twice(database.lookup, { tenant, name: 'Default' })).toHaveLength(1)
    expect(await twice(database.lookup, { tenant, name: 'mlflow-artifacts:/0' })).toHaveLength(1)
    expect(await twice(database.lookup, { tenant, name: 'neither' })).toHaveLength(0)
  })
})
