import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** Input tag that says what a run used a dataset for, such as `training`. */
const contextTag = 'mlflow.data.context'

export interface DatasetSummaryRow {
  readonly experiment: Int64
  readonly name: string
  readonly digest: string
  /** Null for inputs without the tag. */
  readonly context: string | null
}

/**
 * The datasets that runs of the experiments have as inputs, each once for every context: by experiment, name and digest,
 * contexts in the order of the oldest run.
 */
export async function summarizeDatasets(
  db: Reader,
  tenant: Tenant,
  experiments: readonly Int64[],
  limit: number,
): Promise<DatasetSummaryRow[]> {
  return db
    .selectFrom('datasets as d')
    .innerJoin('run_inputs as i', (join) =>
      join.on('i.tenant', '=', tenant).onRef('i.experiment', '=', 'd.experiment').onRef('i.dataset', '=', 'd.dataset'),
    )
    .leftJoin('run_input_tags as t', (join) =>
      join
        .on('t.tenant', '=', tenant)
        .onRef('t.run', '=', 'i.run')
        .onRef('t.dataset', '=', 'i.dataset')
        .on('t.name', '=', contextTag),
    )
    .select(['d.experiment', 'd.name', 'd.digest', 't.value as context'])
    .where('d.tenant', '=', tenant)
    .where('d.experiment', 'in', [...experiments])
    .groupBy(['d.experiment', 'd.name', 'd.digest', 't.value'])
    .orderBy('d.experiment')
    .orderBy('d.name')
    .orderBy('d.digest')
    .orderBy((expression) => expression.fn.min('i.run'))
    .limit(limit)
    .execute()
}
