import { PostgresAdapter, sql } from 'kysely'
import type { Engine, Reader, Tx } from '../../db/database.ts'
import { checkRaisedRevision } from '../../db/precondition.ts'
import { prepared } from '../../db/prepared.ts'
import { preparedInsert } from '../../db/prepared-insert.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { together } from '../../db/together.ts'
import { notFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import { type ModelPlace, newestVersion } from '../registered-models/newest-version.ts'
import { modelNotFound, type TagText } from '../registered-models/registered-model-rules.ts'
import { isVersionNumber } from './model-version-rules.ts'
import { type ModelVersionView, viewColumns } from './model-version-view.ts'

/** A version as it is shown, with its aliases; undefined for an unknown one. */
export async function findModelVersion(
  db: Reader | Tx,
  platform: Platform,
  name: string,
  version: number,
): Promise<ModelVersionView | undefined> {
  if (!isVersionNumber(version)) return undefined
  const { rows } = await sql<ModelVersionView>`select ${viewColumns(engineOf(db), 'with aliases')}
    from registered_models as r cross join model_versions as v
    where r.tenant = ${platform} and r.name = ${name} and v.tenant = ${platform} and v.model = r.model
      and v.version = ${version}`.execute(db)
  return rows[0]
}

/** @throws AppError `not-found`, also where there is no such model (as in MLflow) */
export async function getModelVersion(
  db: Reader | Tx,
  platform: Platform,
  name: string,
  version: number,
): Promise<ModelVersionView> {
  const view = await findModelVersion(db, platform, name, version)
  if (view === undefined) throw versionNotFound(name, version)
  return view
}

const nextVersion = prepared((tx, p: ModelPlace & { name: string; now: number }) =>
  tx
    .updateTable('registered_models')
    .set((expression) => ({
      next_version: expression('next_version', '+', 1),
      revision: expression('revision', '+', 1),
      updated: p.now,
    }))
    .where('tenant', '=', p.tenant)
    .where('model', '=', p.model)
    .where('name', '=', p.name)
    .returning('next_version'),
)

/**
 * Takes the next version number of a model, whose row is locked until the transaction ends.
 *
 * @throws AppError `not-found` when there is no such model by that name any more
 */
export async function takeVersionNumber(tx: Tx, place: ModelPlace, name: string, now: number): Promise<number> {
  const [row] = await nextVersion(tx, { ...place, name, now })
  if (row === undefined) throw modelNotFound(name)
  return row.next_version - 1
}

const insertVersion = preparedInsert('model_versions', { version: newestVersion })
const insertVersionTags = preparedInsert('model_version_tags', { version: newestVersion })

/**
 * Writes a version under the number that was taken for it last: nothing of the answer is needed to send it.
 *
 * @param tags distinct keys, in the order of keys
 */
export async function insertModelVersion(
  tx: Tx,
  row: Omit<Tables['model_versions'], 'version'>,
  tags: readonly TagText[],
): Promise<void> {
  const { tenant, model } = row
  const tagRows = tags.map(({ key, value }) => ({ tenant, model, key, value, value_key: valueKey(value) }))
  await together(insertVersion(tx, [row]), insertVersionTags(tx, tagRows))
}

/** A version that is locked for its transaction, and what changes are told from. */
export interface LockedVersion {
  readonly tenant: Platform
  readonly model: Int64
  readonly name: string
  readonly version: number
  readonly description: string | null
  readonly stage: string
  /** After the change. */
  readonly revision: Int64
}

/**
 * Raises the revisions of a version and of its model, which keeps other writers of the model away until the transaction
 * ends.
 *
 * @param touched when the model is updated by the change; undefined where it is not
 * @throws AppError `not-found`, `no-etag-match`
 */
export async function lockModelVersion(
  tx: Tx,
  platform: Platform,
  name: string,
  version: number,
  touched?: number,
): Promise<LockedVersion> {
  if (!isVersionNumber(version)) throw versionNotFound(name, version)
  const model = await tx
    .updateTable('registered_models')
    .set((expression) => ({
      revision: expression('revision', '+', 1),
      ...(touched === undefined ? {} : { updated: touched }),
    }))
    .where('tenant', '=', platform)
    .where('name', '=', name)
    .returning('model')
    .executeTakeFirst()
  if (model === undefined) throw versionNotFound(name, version)
  const row = await tx
    .updateTable('model_versions')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', platform)
    .where('model', '=', model.model)
    .where('version', '=', version)
    .returning(['description', 'stage', 'revision'])
    .executeTakeFirst()
  if (row === undefined) throw versionNotFound(name, version)
  checkRaisedRevision(tx, row.revision)
  return { tenant: platform, model: model.model, name, version, ...row }
}

export async function updateModelVersionRow(
  tx: Tx,
  { tenant, model, version }: LockedVersion,
  changes: Partial<Pick<Tables['model_versions'], 'description' | 'stage' | 'updated'>>,
): Promise<void> {
  await tx
    .updateTable('model_versions')
    .set(changes)
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .execute()
}

/** Archives the other versions of the model that are in a stage. @returns their numbers, ascending */
export async function archiveOthers(tx: Tx, kept: LockedVersion, stage: string, now: number): Promise<number[]> {
  const archived = await tx
    .updateTable('model_versions')
    .set((expression) => ({ stage: 'Archived', updated: now, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', kept.tenant)
    .where('model', '=', kept.model)
    .where('stage', '=', stage)
    .where('version', '!=', kept.version)
    .returning('version')
    .execute()
  return archived.map(({ version }) => version).sort((a, b) => a - b)
}

/** Removes a version with its tags and aliases. @returns the aliases */
export async function removeModelVersion(tx: Tx, { tenant, model, version }: LockedVersion): Promise<string[]> {
  const aliases = await tx
    .deleteFrom('model_aliases')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .returning('alias')
    .execute()
  await tx
    .deleteFrom('model_version_tags')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .execute()
  await tx
    .deleteFrom('model_versions')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .execute()
  return aliases.map(({ alias }) => alias).sort()
}

/** @returns the value before; undefined where there was no such tag */
export async function putVersionTag(tx: Tx, row: LockedVersion, { key, value }: TagText): Promise<string | undefined> {
  const { tenant, model, version } = row
  const before = await tx
    .selectFrom('model_version_tags')
    .select('value')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('version', '=', version)
    .where('key', '=', key)
    .executeTakeFirst()
  const fields = { value, value_key: valueKey(value) }
  await tx
    .insertInto('model_version_tags')
    .values({ tenant, model, version, key, ...fields })
    .onConflict((conflict) => conflict.columns(['tenant', 'model', 'version', 'key']).doUpdateSet(fields))
    .execute()
  return before?.value
}

/** @returns the value before; undefined where there was no such tag */
export async function removeVersionTag(tx: Tx, row: LockedVersion, key: string): Promise<string | undefined> {
  const removed = await tx
    .deleteFrom('model_version_tags')
    .where('tenant', '=', row.tenant)
    .where('model', '=', row.model)
    .where('version', '=', row.version)
    .where('key', '=', key)
    .returning('value')
    .executeTakeFirst()
  return removed?.value
}

export function versionNotFound(name: string, version: number): Error {
  return notFound(`Model Version (name=${name}, version=${version}) not found`)
}

function engineOf(db: Reader | Tx): Engine {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite'
}
