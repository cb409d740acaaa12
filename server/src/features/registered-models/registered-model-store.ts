import type { Reader, Tx } from '../../db/database.ts'
import { checkRaisedRevision } from '../../db/precondition.ts'
import { prepared } from '../../db/prepared.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Platform } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import { modelNotFound, promptTag, type TagText } from './registered-model-rules.ts'

export type RegisteredModelRow = Tables['registered_models']

const modelByName = prepared((db, p: { platform: Platform; name: string }) =>
  db.selectFrom('registered_models').selectAll().where('tenant', '=', p.platform).where('name', '=', p.name),
)

export async function findModelByName(
  db: Reader | Tx,
  platform: Platform,
  name: string,
): Promise<RegisteredModelRow | undefined> {
  const [row] = await modelByName(db, { platform, name })
  return row
}

/** @throws AppError `not-found` */
export async function getModelByName(db: Reader | Tx, platform: Platform, name: string): Promise<RegisteredModelRow> {
  const row = await findModelByName(db, platform, name)
  if (row === undefined) throw modelNotFound(name)
  return row
}

/**
 * Reads a model, raises its revision and keeps other writers of it away until the transaction ends.
 *
 * @throws AppError `not-found`
 */
export async function lockModel(tx: Tx, platform: Platform, name: string): Promise<RegisteredModelRow> {
  const row = await tx
    .updateTable('registered_models')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', platform)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw modelNotFound(name)
  checkRaisedRevision(tx, row.revision)
  return row
}

/** @param tags distinct keys */
export async function insertModel(tx: Tx, row: RegisteredModelRow, tags: readonly TagText[]): Promise<void> {
  await tx.insertInto('registered_models').values(row).execute()
  if (tags.length === 0) return
  const { tenant, model } = row
  await tx
    .insertInto('registered_model_tags')
    .values(tags.map(({ key, value }) => ({ tenant, model, key, value, value_key: valueKey(value) })))
    .execute()
}

export async function updateModel(
  tx: Tx,
  { tenant, model }: RegisteredModelRow,
  changes: Partial<Pick<RegisteredModelRow, 'name' | 'description' | 'deployment_job_id' | 'is_prompt' | 'updated'>>,
): Promise<void> {
  await tx
    .updateTable('registered_models')
    .set(changes)
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .execute()
}

/** Takes a model out of the registry; what belongs to it is put on the work list of the purge. */
export async function removeModel(tx: Tx, { tenant, model }: RegisteredModelRow, now: number): Promise<void> {
  await tx.deleteFrom('registered_models').where('tenant', '=', tenant).where('model', '=', model).execute()
  await tx.insertInto('registry_purges').values({ tenant, model, since: now }).execute()
}

/** Sets the last update of the versions numbered from `first` to `last`. */
export async function touchVersions(
  tx: Tx,
  { tenant, model }: RegisteredModelRow,
  now: number,
  first: number,
  last: number,
): Promise<void> {
  await tx
    .updateTable('model_versions')
    .set((expression) => ({ updated: now, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '>=', first)
    .where('version', '<=', last)
    .execute()
}

/** @returns the value before; undefined where there was no such tag */
export async function setModelTag(
  tx: Tx,
  row: RegisteredModelRow,
  { key, value }: TagText,
): Promise<string | undefined> {
  const { tenant, model } = row
  const before = await tagValue(tx, row, key)
  const fields = { value, value_key: valueKey(value) }
  await tx
    .insertInto('registered_model_tags')
    .values({ tenant, model, key, ...fields })
    .onConflict((conflict) => conflict.columns(['tenant', 'model', 'key']).doUpdateSet(fields))
    .execute()
  if (key === promptTag) await updateModel(tx, row, { is_prompt: value === 'true' ? 1 : 0 })
  return before
}

/** @returns the value before; undefined where there was no such tag */
export async function removeModelTag(tx: Tx, row: RegisteredModelRow, key: string): Promise<string | undefined> {
  const removed = await tx
    .deleteFrom('registered_model_tags')
    .where('tenant', '=', row.tenant)
    .where('model', '=', row.model)
    .where('key', '=', key)
    .returning('value')
    .executeTakeFirst()
  if (removed !== undefined && key === promptTag) await updateModel(tx, row, { is_prompt: 0 })
  return removed?.value
}

/** Whether a model has the tag of prompts, whatever its value. */
export async function hasPromptTag(db: Reader | Tx, row: RegisteredModelRow): Promise<boolean> {
  return (await tagValue(db, row, promptTag)) !== undefined
}

async function tagValue(db: Reader | Tx, row: RegisteredModelRow, key: string): Promise<string | undefined> {
  const tag = await db
    .selectFrom('registered_model_tags')
    .select('value')
    .where('tenant', '=', row.tenant)
    .where('model', '=', row.model)
    .where('key', '=', key)
    .executeTakeFirst()
  return tag?.value
}
