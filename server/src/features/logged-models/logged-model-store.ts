import type { Reader, Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { badRequest, notFound } from '../../errors/errors.ts'
import { modelNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { ModelText } from './logged-model-rules.ts'

export type LoggedModelRow = Tables['logged_models']

/** @throws AppError `not-found` when the tenant has no such model; deleted ones are found */
export async function findLoggedModel(db: Reader | Tx, tenant: Tenant, modelId: string): Promise<LoggedModelRow> {
  const model = modelNumber(modelId)
  const row =
    model === undefined
      ? undefined
      : await db
          .selectFrom('logged_models')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('model', '=', model)
          .where('model_id', '=', modelId)
          .executeTakeFirst()
  if (row === undefined) throw loggedModelNotFound(modelId)
  return row
}

export function loggedModelNotFound(modelId: string): Error {
  return notFound(`Logged model with ID '${modelId}' not found.`)
}

/**
 * @param params distinct keys
 * @param tags distinct keys
 */
export async function insertLoggedModel(
  tx: Tx,
  row: LoggedModelRow,
  params: readonly ModelText[],
  tags: readonly ModelText[],
): Promise<void> {
  await tx.insertInto('logged_models').values(row).execute()
  await insertModelParams(tx, row, params)
  if (tags.length > 0) await tx.insertInto('logged_model_tags').values(textRows(row, tags)).execute()
}

/**
 * Adds params.
 *
 * @param params distinct keys
 * @throws AppError `bad-request` when the model has one of them already, even with the same value (as in MLflow)
 */
export async function insertModelParams(tx: Tx, model: LoggedModelRow, params: readonly ModelText[]): Promise<void> {
  if (params.length === 0) return
  const inserted = await tx
    .insertInto('logged_model_params')
    .values(textRows(model, params))
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .execute()
  if (inserted.length === params.length) return
  const fresh = new Set(inserted.map(({ key }) => key))
  const known = params.find(({ key }) => !fresh.has(key))
  throw badRequest(`Logged model with ID '${model.model_id}' has the param '${known?.key}' already.`, {
    field: 'params',
  })
}

/** @param tags distinct keys */
export async function upsertModelTags(tx: Tx, model: LoggedModelRow, tags: readonly ModelText[]): Promise<void> {
  if (tags.length === 0) return
  await tx
    .insertInto('logged_model_tags')
    .values(textRows(model, tags))
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'model', 'key']).doUpdateSet((expression) => ({
        value: expression.ref('excluded.value'),
        value_key: expression.ref('excluded.value_key'),
      })),
    )
    .execute()
}

/** The value of a tag; undefined when the model does not have it. */
export async function findModelTag(
  db: Reader | Tx,
  { tenant, model }: LoggedModelRow,
  key: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('logged_model_tags')
    .select('value')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.value
}

/** @returns whether there was such a tag */
export async function removeModelTag(tx: Tx, { tenant, model }: LoggedModelRow, key: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('logged_model_tags')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('key', '=', key)
    .returning('key')
    .executeTakeFirst()
  return removed !== undefined
}

/**
 * Changes a model, deleted or not.
 *
 * @throws AppError `not-found`
 */
export async function updateLoggedModel(
  tx: Tx,
  tenant: Tenant,
  modelId: string,
  changes: Partial<Pick<LoggedModelRow, 'status' | 'updated' | 'deleted'>>,
): Promise<LoggedModelRow> {
  const model = modelNumber(modelId)
  const row =
    model === undefined
      ? undefined
      : await tx
          .updateTable('logged_models')
          .set(changes)
          .where('tenant', '=', tenant)
          .where('model', '=', model)
          .where('model_id', '=', modelId)
          .returningAll()
          .executeTakeFirst()
  if (row === undefined) throw loggedModelNotFound(modelId)
  return row
}

/** Sorted by key, so that concurrent writers take row locks in one order. */
function textRows({ tenant, model, experiment }: LoggedModelRow, texts: readonly ModelText[]) {
  return texts
    .map(({ key, value }) => ({ tenant, model, key, experiment, value, value_key: valueKey(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}
