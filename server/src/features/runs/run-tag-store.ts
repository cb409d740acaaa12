import type { Tx } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import { findKey } from './key-names.ts'
import type { LockedRun } from './run-store.ts'

/** @returns whether the run had the tag */
export async function removeTag(tx: Tx, tenant: Tenant, run: LockedRun, name: string): Promise<boolean> {
  const key = await findKey(tx, tenant, run.experiment, keyKind.tag, name)
  if (key === undefined) return false
  const removed = await tx
    .deleteFrom('tags')
    .where('tenant', '=', tenant)
    .where('run', '=', run.run)
    .where('key', '=', key)
    .returning('key')
    .executeTakeFirst()
  return removed !== undefined
}

/** The value of a tag; undefined when the run does not have it. */
export async function findTag(tx: Tx, tenant: Tenant, run: LockedRun, key: number): Promise<string | undefined> {
  const row = await tx
    .selectFrom('tags')
    .select('value')
    .where('tenant', '=', tenant)
    .where('run', '=', run.run)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.value
}

export async function putTag(tx: Tx, tenant: Tenant, run: LockedRun, key: number, value: string): Promise<void> {
  const changes = { value, value_key: valueKey(value) }
  await tx
    .insertInto('tags')
    .values({ tenant, run: run.run, key, experiment: run.experiment, start_time: run.start_time, ...changes })
    .onConflict((conflict) => conflict.columns(['tenant', 'run', 'key']).doUpdateSet(changes))
    .execute()
}
