import type { Reader, Tx } from '../../db/database.ts'
import { checkRaisedRevision } from '../../db/precondition.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { conflict, experimentNotActive, experimentNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

export type ExperimentRow = Tables['experiments']
export interface TagRow {
  readonly key: string
  readonly value: string
}

export async function findExperiment(
  db: Reader | Tx,
  tenant: Tenant,
  experiment: Int64,
): Promise<ExperimentRow | undefined> {
  return db
    .selectFrom('experiments')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .executeTakeFirst()
}

export async function findExperimentByName(
  db: Reader | Tx,
  tenant: Tenant,
  name: string,
): Promise<ExperimentRow | undefined> {
  return db
    .selectFrom('experiments')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** Tags of the given experiments, ordered by key. */
export async function tagsOfExperiments(
  db: Reader | Tx,
  tenant: Tenant,
  experiments: readonly Int64[],
): Promise<Map<string, TagRow[]>> {
  const tags = new Map<string, TagRow[]>()
  if (experiments.length === 0) return tags
  const rows = await db
    .selectFrom('experiment_tags')
    .select(['experiment', 'key', 'value'])
    .where('tenant', '=', tenant)
    .where('experiment', 'in', experiments)
    .orderBy('experiment')
    .orderBy('key')
    .execute()
  for (const { experiment, key, value } of rows) {
    const id = String(experiment)
    const earlier = tags.get(id)
    if (earlier === undefined) tags.set(id, [{ key, value }])
    else earlier.push({ key, value })
  }
  return tags
}

/**
 * Takes the next experiment number of the workspace; the counter's row is locked until the transaction ends.
 *
 * @throws AppError `conflict` when the workspace is being removed
 */
export async function takeExperimentNumber(tx: Tx, tenant: Tenant): Promise<Int64> {
  const taken = await tx
    .updateTable('workspaces')
    .set((expression) => ({ next_experiment: expression('next_experiment', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('next_experiment', '>', 0)
    .returning('next_experiment')
    .executeTakeFirst()
  if (taken === undefined) throw conflict('The workspace has been deleted.')
  const { next_experiment } = taken
  return typeof next_experiment === 'bigint' ? next_experiment - 1n : next_experiment - 1
}

export async function insertExperiment(tx: Tx, row: ExperimentRow, tags: readonly TagRow[]): Promise<void> {
  await tx.insertInto('experiments').values(row).execute()
  if (tags.length === 0) return
  const { tenant, experiment } = row
  await tx
    .insertInto('experiment_tags')
    .values(tags.map(({ key, value }) => ({ tenant, experiment, key, value })))
    .execute()
}

/**
 * Reads an experiment and keeps other writers of it away until the transaction ends.
 *
 * @throws AppError `not-found`; `no-etag-match`
 */
export async function lockExperiment(tx: Tx, tenant: Tenant, experiment: Int64, id: string): Promise<ExperimentRow> {
  const row = await tx
    .updateTable('experiments')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw experimentNotFound(id)
  checkRaisedRevision(tx, row.revision)
  return row
}

/** @throws AppError `not-found`; `invalid-parameter` when it is deleted */
export async function lockActiveExperiment(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  id: string,
): Promise<ExperimentRow> {
  const row = await lockExperiment(tx, tenant, experiment, id)
  if (row.deleted) throw experimentNotActive(id)
  return row
}

export async function updateExperimentRow(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  changes: Partial<Pick<ExperimentRow, 'name' | 'deleted' | 'updated'>>,
): Promise<void> {
  await tx
    .updateTable('experiments')
    .set(changes)
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .execute()
}

export async function upsertExperimentTag(tx: Tx, tenant: Tenant, experiment: Int64, tag: TagRow): Promise<void> {
  await tx
    .insertInto('experiment_tags')
    .values({ tenant, experiment, ...tag })
    .onConflict((conflict) => conflict.columns(['tenant', 'experiment', 'key']).doUpdateSet({ value: tag.value }))
    .execute()
}

/** Number of tags whose key starts with `prefix`, without the given key. */
export async function countOtherTags(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  prefix: string,
  key: string,
): Promise<number> {
  const rows = await tx
    .selectFrom('experiment_tags')
    .select('key')
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .where('key', '>=', prefix)
    .where('key', '<', `${prefix}\u{10ffff}`)
    .where('key', '!=', key)
    .execute()
  return rows.length
}

/** @returns whether there was such a tag */
export async function removeExperimentTag(tx: Tx, tenant: Tenant, experiment: Int64, key: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('experiment_tags')
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .where('key', '=', key)
    .returning('key')
    .executeTakeFirst()
  return removed !== undefined
}
