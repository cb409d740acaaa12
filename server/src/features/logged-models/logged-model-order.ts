import { type RawBuilder, sql } from 'kysely'
import type { OrderTerm } from '../../search/filter-tree.ts'
import type { SortKey } from '../../search/keyset.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { loggedModelVocabulary } from '../../search/vocabulary/logged-model-vocabulary.ts'
import type { ModelScope } from './logged-model-conditions.ts'

/** A term of an order, as asked for; `dataset` restricts which values of a metric count. */
export interface ModelOrderTerm extends OrderTerm {
  readonly datasetName?: string
  readonly datasetDigest?: string
}

/** A metric that is sorted by: numbers first, then NaN, then models without the metric, whatever the direction. */
export const metricRank = { number: 0, nan: 1, missing: 2 } as const

/** The terms, and behind them what makes the order total: newest first, then by id. */
export function completeModelOrder(terms: readonly ModelOrderTerm[]): ModelOrderTerm[] {
  const named = (key: string) => terms.some(({ side }) => side.entity === 'attribute' && side.key === key)
  const missing = loggedModelVocabulary.order.tieBreakers.filter(({ side }) => !named(side.key))
  return [...terms, ...missing]
}

/** The sort keys of a term, in terms of the model `m`: two for a metric, none for what is the same for all models. */
export function sortKeysOf(scope: ModelScope, term: ModelOrderTerm): SortKey[] {
  const { side, descending } = term
  if (side.entity === 'metric') {
    const isNan = latest(scope, term, sql`case when x.value is null then 1 else 0 end`)
    return [
      { kind: 'integer', expression: sql`cast(coalesce(${isNan}, 2) as int8)`, descending: false },
      { kind: 'double', expression: sql`coalesce(${latest(scope, term, sql`x.value`)}, 0)`, descending },
    ]
  }
  const key = attributeKeys[side.key]
  return key === undefined ? [] : [{ ...key, descending }]
}

/** Ids sort by their number. Stage and status message are the same for every model that a search can find. */
const attributeKeys: Readonly<Record<string, Pick<SortKey, 'kind' | 'expression'>>> = {
  model_id: { kind: 'integer', expression: sql.ref('m.model') },
  experiment_id: { kind: 'integer', expression: sql.ref('m.experiment') },
  name: { kind: 'text', expression: sql.ref('m.name') },
  artifact_location: { kind: 'text', expression: sql.ref('m.artifact_location') },
  creation_timestamp_ms: { kind: 'integer', expression: sql.ref('m.created') },
  last_updated_timestamp_ms: { kind: 'integer', expression: sql.ref('m.updated') },
  status: { kind: 'integer', expression: sql`cast(m.status as int8)` },
  model_type: { kind: 'text', expression: sql.ref('m.model_type') },
  source_run_id: { kind: 'text', expression: sql.ref('m.source_run_id') },
}

/** Something of the latest value (by timestamp, then step) of a metric of the model `m`; NULL without any. */
function latest(scope: ModelScope, term: ModelOrderTerm, what: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select ${what} from logged_model_metrics as x
    where x.tenant = ${scope.tenant} and x.model = m.model and x.key = ${term.side.key} and ${ofDataset(term, 'x')}
    order by x.timestamp desc, x.step desc, x.run_id limit 1)`
}

/** The metric value `x` is the latest of its model. */
export function isLatest(scope: ModelScope, term: ModelOrderTerm): Condition {
  return sql`not exists (select 1 from logged_model_metrics as y
    where y.tenant = ${scope.tenant} and y.model = x.model and y.key = x.key and y.timestamp >= x.timestamp
      and ((y.timestamp, y.step) > (x.timestamp, x.step)
        or (y.timestamp = x.timestamp and y.step = x.step and y.run_id < x.run_id))
      and ${ofDataset(term, 'y')} limit 1 offset 0)`
}

/** The model `m` has no value of the metric. */
export function lacksMetric(scope: ModelScope, term: ModelOrderTerm): Condition {
  return sql`not exists (select 1 from logged_model_metrics as y
    where y.tenant = ${scope.tenant} and y.model = m.model and y.key = ${term.side.key} and ${ofDataset(term, 'y')}
    limit 1 offset 0)`
}

/** Unlike in the `datasets` clause, a name without a digest covers every digest (as in MLflow). */
export function ofDataset({ datasetName, datasetDigest }: ModelOrderTerm, alias: 'x' | 'y'): Condition {
  const name: Condition = datasetName === undefined ? always : sql`${sql.ref(`${alias}.dataset_name`)} = ${datasetName}`
  if (datasetDigest === undefined) return name
  return sql`${name} and ${sql.ref(`${alias}.dataset_digest`)} = ${datasetDigest}`
}
