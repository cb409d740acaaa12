import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'

export type PurgeRow = Tables['purges']

/**
 * What is removed for good, apart from its own row, which is gone already; or an experiment whose runs are still to be deleted
 * or restored with it (their rows stay).
 */
export interface Purge {
  readonly kind: 'run' | 'experiment' | 'logged-model' | 'experiment-deleted' | 'experiment-restored'
  /** Its number. */
  readonly subject: Int64
  /** Its part of the artifact store; absent for none. */
  readonly artifactUri?: string
}

/** Puts something on the work list of the purge job, in the transaction that makes it invisible. */
export async function addPurge(
  tx: Tx,
  tenant: Tenant,
  { kind, subject, artifactUri }: Purge,
  now: number,
): Promise<void> {
  const purge = runNumber(newRunId(now)) as Int64
  await tx
    .insertInto('purges')
    .values({ tenant, purge, kind, subject, artifact_uri: artifactUri ?? null, since: now })
    .execute()
}

/** Rows removed by one statement. */
export const rowsAtOnce = 1000

/** A table, and columns of its primary key. */
export type Belonging = readonly [table: keyof Tables, key: readonly string[]]

/** Tables with rows of a run, by the columns of their primary keys behind tenant and run. */
const ofRun: readonly Belonging[] = [
  ['series_todo', ['key']],
  ['metric_segments', ['key', 'first_step', 'segment']],
  ['metric_summary', ['key']],
  ['params', ['key']],
  ['tags', ['key']],
  ['run_input_tags', ['dataset', 'name']],
  ['run_inputs', ['dataset']],
  ['run_model_inputs', ['model_id']],
  ['run_model_outputs', ['model_id']],
]

const ofExperiment: readonly Belonging[] = [
  ['experiment_tags', ['key']],
  ['datasets', ['dataset']],
  ['keys', ['kind', 'key']],
]

const ofLoggedModel: readonly Belonging[] = [
  ['logged_model_metrics', ['key', 'timestamp', 'step', 'run_id']],
  ['logged_model_params', ['key']],
  ['logged_model_tags', ['key']],
]

/**
 * Removes some rows of what a purge is about.
 *
 * @returns whether none are left
 */
export async function removeSomeRows(tx: Tx, tenant: Tenant, purge: PurgeRow): Promise<boolean> {
  switch (purge.kind as Purge['kind']) {
    case 'run':
      return removeSome(tx, tenant, 'run', purge.subject, ofRun)
    case 'logged-model':
      return removeSome(tx, tenant, 'model', purge.subject, ofLoggedModel)
    case 'experiment':
      if (await handOverModels(tx, tenant, purge)) return false
      return removeSome(tx, tenant, 'experiment', purge.subject, ofExperiment)
    case 'experiment-deleted':
    case 'experiment-restored':
      return true
  }
}

async function removeSome(
  tx: Tx,
  tenant: Tenant,
  subjectColumn: 'run' | 'model' | 'experiment',
  subject: Int64,
  belongings: readonly Belonging[],
): Promise<boolean> {
  for (const [table, key] of belongings) {
    const columns = sql.join(key.map((column) => sql.ref(column)))
    const belongs = sql`tenant = ${tenant} and ${sql.ref(subjectColumn)} = ${subject}`
    const { rows } = await sql`delete from ${sql.table(table)} where ${belongs} and (${columns}) in
      (select ${columns} from ${sql.table(table)} where ${belongs} limit ${sql.lit(rowsAtOnce)}) returning 1 as removed`.execute(
      tx,
    )
    if (rows.length > 0) return false
  }
  return true
}

/** Logged models that become purges of their own in one transaction. */
const modelsAtOnce = 100

/** @returns whether there were any */
async function handOverModels(tx: Tx, tenant: Tenant, { subject, since }: PurgeRow): Promise<boolean> {
  const models = await tx
    .selectFrom('logged_models')
    .select(['model', 'artifact_location'])
    .where('tenant', '=', tenant)
    .where('experiment', '=', subject)
    .limit(modelsAtOnce)
    .execute()
  for (const { model, artifact_location } of models) {
    await tx.deleteFrom('logged_models').where('tenant', '=', tenant).where('model', '=', model).execute()
    await addPurge(tx, tenant, { kind: 'logged-model', subject: model, artifactUri: artifact_location }, Number(since))
  }
  return models.length > 0
}

/** Takes something that is wholly removed off the work list. */
export async function finishPurge(tx: Tx, tenant: Tenant, { purge }: PurgeRow): Promise<void> {
  await tx.deleteFrom('purges').where('tenant', '=', tenant).where('purge', '=', purge).execute()
}
