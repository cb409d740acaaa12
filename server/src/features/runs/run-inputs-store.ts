import type { Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { LockedRun } from './run-store.ts'

/** Rows of one INSERT: engines limit the number of parameters. */
const rowsPerInsert = 500

/** A dataset as a run has read it. */
export interface DatasetInputRow {
  readonly dataset: Omit<Tables['datasets'], 'tenant' | 'experiment' | 'dataset'>
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

/**
 * The numbers of datasets in an experiment, by `datasetIdentity`; new ones are stored. The first stored description of a
 * name and digest stays (MLflow runs/log-inputs).
 */
export async function findOrAddDatasets(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  datasets: readonly DatasetInputRow['dataset'][],
  now: number,
): Promise<Map<string, Int64>> {
  const numbers = new Map<string, Int64>()
  for (const some of chunks(datasets)) {
    const rows = await tx
      .selectFrom('datasets')
      .select(['dataset', 'name', 'digest'])
      .where('tenant', '=', tenant)
      .where('experiment', '=', experiment)
      .where('name', 'in', [...new Set(some.map(({ name }) => name))])
      .execute()
    for (const row of rows) numbers.set(datasetIdentity(row), row.dataset)
  }
  const added: Tables['datasets'][] = []
  for (const dataset of datasets) {
    const identity = datasetIdentity(dataset)
    if (numbers.has(identity)) continue
    const number = newDatasetNumber(now)
    numbers.set(identity, number)
    added.push({ tenant, experiment, dataset: number, ...dataset })
  }
  for (const some of chunks(added)) await tx.insertInto('datasets').values(some).execute()
  return numbers
}

/** What makes two datasets of an experiment the same. */
export function datasetIdentity({ name, digest }: { readonly name: string; readonly digest: string }): string {
  return JSON.stringify([name, digest])
}

function newDatasetNumber(now: number): Int64 {
  const number = runNumber(newRunId(now))
  if (number === undefined) throw new Error('A new id has no number.')
  return number
}

/** The datasets that the run has as inputs, and the position of the next one. */
export async function inputsOf(
  tx: Tx,
  tenant: Tenant,
  run: LockedRun,
): Promise<{ readonly datasets: ReadonlySet<string>; readonly nextPosition: number }> {
  const rows = await tx
    .selectFrom('run_inputs')
    .select(['dataset', 'position'])
    .where('tenant', '=', tenant)
    .where('run', '=', run.run)
    .execute()
  const nextPosition = rows.reduce((next, { position }) => Math.max(next, position + 1), 0)
  return { datasets: new Set(rows.map(({ dataset }) => String(dataset))), nextPosition }
}

export interface NewInput {
  readonly dataset: Int64
  readonly position: number
  /** Keys are distinct. */
  readonly tags: DatasetInputRow['tags']
}

export async function insertInputs(
  tx: Tx,
  tenant: Tenant,
  { run, experiment }: LockedRun,
  inputs: readonly NewInput[],
): Promise<void> {
  for (const some of chunks(inputs)) {
    const rows = some.map(({ dataset, position }) => ({ tenant, run, dataset, experiment, position }))
    await tx.insertInto('run_inputs').values(rows).execute()
  }
  const tags = inputs.flatMap(({ dataset, tags: own }) =>
    own.map(({ key, value }) => ({ tenant, run, dataset, name: key, value })),
  )
  for (const some of chunks(tags)) await tx.insertInto('run_input_tags').values(some).execute()
}

/** A model that the run has as an input already stays as it is. */
export async function insertModelInputs(
  tx: Tx,
  tenant: Tenant,
  { run }: LockedRun,
  modelIds: readonly string[],
): Promise<void> {
  const first = await nextModelPosition(tx, tenant, run, 'run_model_inputs')
  const rows = [...new Set(modelIds)].map((model_id, index) => ({ tenant, run, model_id, position: first + index }))
  for (const some of chunks(rows)) {
    await tx
      .insertInto('run_model_inputs')
      .values(some)
      .onConflict((conflict) => conflict.columns(['tenant', 'run', 'model_id']).doNothing())
      .execute()
  }
}

export interface ModelOutputRow {
  readonly model_id: string
  readonly step: Int64
}

/** @returns whether all were new; if not, the transaction must be given up */
export async function insertModelOutputs(
  tx: Tx,
  tenant: Tenant,
  { run }: LockedRun,
  outputs: readonly ModelOutputRow[],
): Promise<boolean> {
  const first = await nextModelPosition(tx, tenant, run, 'run_model_outputs')
  const rows = outputs.map(({ model_id, step }, index) => ({ tenant, run, model_id, step, position: first + index }))
  let added = 0
  for (const some of chunks(rows)) {
    const inserted = await tx
      .insertInto('run_model_outputs')
      .values(some)
      .onConflict((conflict) => conflict.columns(['tenant', 'run', 'model_id']).doNothing())
      .returning('position')
      .execute()
    added += inserted.length
  }
  return added === rows.length
}

async function nextModelPosition(
  tx: Tx,
  tenant: Tenant,
  run: Int64,
  table: 'run_model_inputs' | 'run_model_outputs',
): Promise<number> {
  const row = await tx
    .selectFrom(table)
    .select((expression) => expression.fn.max('position').as('last'))
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .executeTakeFirst()
  return row?.last == null ? 0 : Number(row.last) + 1
}

function* chunks<T>(rows: readonly T[]): Iterable<T[]> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) yield rows.slice(start, start + rowsPerInsert)
}
