import type { Reader, Tx } from '../../db/database.ts'
import type { RegisteredModelRow } from './registered-model-store.ts'

/** The version that an alias points to; undefined for an unknown alias. */
export async function findAlias(
  db: Reader | Tx,
  { tenant, model }: RegisteredModelRow,
  alias: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('model_aliases')
    .select('version')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('alias', '=', alias)
    .executeTakeFirst()
  return row?.version
}

export async function upsertAlias(
  tx: Tx,
  { tenant, model }: RegisteredModelRow,
  alias: string,
  version: number,
): Promise<void> {
  await tx
    .insertInto('model_aliases')
    .values({ tenant, model, alias, version })
    .onConflict((conflict) => conflict.columns(['tenant', 'model', 'alias']).doUpdateSet({ version }))
    .execute()
}

export async function removeAlias(tx: Tx, { tenant, model }: RegisteredModelRow, alias: string): Promise<void> {
  await tx
    .deleteFrom('model_aliases')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('alias', '=', alias)
    .execute()
}

/** Raises the revisions of versions whose aliases have changed. */
export async function raiseVersionRevisions(
  tx: Tx,
  { tenant, model }: RegisteredModelRow,
  versions: readonly number[],
): Promise<void> {
  await tx
    .updateTable('model_versions')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', 'in', versions)
    .execute()
}

/** The highest number among the versions of a model; undefined when it has none. */
export async function highestVersion(
  db: Reader | Tx,
  { tenant, model }: RegisteredModelRow,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('model_versions')
    .select('version')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.version
}

export async function hasVersion(
  db: Reader | Tx,
  { tenant, model }: RegisteredModelRow,
  version: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('model_versions')
    .select('version')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst()
  return row !== undefined
}
