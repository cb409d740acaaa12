import { type RawBuilder, sql } from 'kysely'
import type { Engine } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { Comparison, FilterTree } from '../../search/filter-tree.ts'
import { integerCondition, metricCondition } from '../../search/number-condition.ts'
import { always, type Condition, never, textCondition } from '../../search/text-condition.ts'

/** A dataset that metric values must belong to; without a digest only values without one do (as in MLflow). */
export interface DatasetFilter {
  readonly name: string
  readonly digest?: string
}

/** What all parts of one search have in common. */
export interface ModelScope {
  readonly engine: Engine
  readonly tenant: Tenant
  readonly experiments: readonly Int64[]
  readonly datasets: readonly DatasetFilter[]
}

/** The row of `logged_models` that is looked at goes by `m`. */
export function modelCondition(scope: ModelScope, tree: FilterTree): Condition {
  switch (tree.type) {
    case 'and':
    case 'or': {
      const children = tree.children.map((child) => modelCondition(scope, child))
      return sql`(${sql.join(children, tree.type === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      return sql`not ${modelCondition(scope, tree.child)}`
    case 'comparison':
      return tree.side.entity === 'attribute' ? attributeCondition(scope, tree) : keyedCondition(scope, tree)
  }
}

/** The given datasets alone ask for a value of them, unless a metric comparison does already. */
export function datasetCondition(scope: ModelScope, tree: FilterTree | null): Condition {
  if (scope.datasets.length === 0 || (tree !== null && comparesMetric(tree))) return always
  return existsFor(scope, 'metric', ofDatasets(scope))
}

const tables = { metric: 'logged_model_metrics', param: 'logged_model_params', tag: 'logged_model_tags' } as const

export function tableOf(entity: Comparison['side']['entity']): (typeof tables)['metric' | 'param' | 'tag'] {
  if (entity === 'metric' || entity === 'param' || entity === 'tag') return tables[entity]
  throw new Error(`logged models have no ${entity}`)
}

/** What a comparison asks of a row `t` of its table, apart from the key. */
function valueCondition(scope: ModelScope, { side, operator, value }: Comparison): Condition {
  if (side.entity !== 'metric') return textCondition(scope.engine, sql.ref('t.value'), operator, value ?? '')
  const compared = metricCondition(sql.ref('t.value'), operator, value ?? 0)
  return scope.datasets.length === 0 ? compared : sql`(${compared}) and ${ofDatasets(scope)}`
}

function keyedCondition(scope: ModelScope, comparison: Comparison): Condition {
  const { entity, key } = comparison.side
  if (comparison.operator === 'IS NULL') return sql`not ${existsFor(scope, entity, sql`t.key = ${key}`)}`
  return existsFor(scope, entity, sql`t.key = ${key} and (${valueCondition(scope, comparison)})`)
}

/** `offset 0` keeps PostgreSQL from turning the probe into a join of whole tables. */
function existsFor(scope: ModelScope, entity: Comparison['side']['entity'], condition: Condition): Condition {
  return sql`exists (select 1 from ${sql.table(tableOf(entity))} as t
    where t.tenant = ${scope.tenant} and t.model = m.model and ${condition} limit 1 offset 0)`
}

function ofDatasets({ datasets }: ModelScope): Condition {
  const each = datasets.map(({ name, digest }) =>
    digest === undefined
      ? sql`(t.dataset_name = ${name} and t.dataset_digest is null)`
      : sql`(t.dataset_name = ${name} and t.dataset_digest = ${digest})`,
  )
  return sql`(${sql.join(each, sql` or `)})`
}

function comparesMetric(tree: FilterTree): boolean {
  if (tree.type === 'comparison') return tree.side.entity === 'metric'
  return tree.type === 'not' ? comparesMetric(tree.child) : tree.children.some(comparesMetric)
}

const texts: Readonly<Record<string, RawBuilder<unknown>>> = {
  model_id: sql.ref('m.model_id'),
  name: sql.ref('m.name'),
  artifact_location: sql.ref('m.artifact_location'),
  model_type: sql.ref('m.model_type'),
  source_run_id: sql.ref('m.source_run_id'),
  experiment_id: sql`cast(m.experiment as text)`,
  status: sql`cast(m.status as text)`,
  // Deleted models are never found.
  lifecycle_stage: sql`cast('active' as text)`,
}

const integers: Readonly<Record<string, RawBuilder<unknown>>> = {
  creation_timestamp_ms: sql.ref('m.created'),
  last_updated_timestamp_ms: sql.ref('m.updated'),
}

function attributeCondition({ engine }: ModelScope, { side, operator, value }: Comparison): Condition {
  const integer = integers[side.key]
  if (integer !== undefined) return integerCondition(integer, operator, value ?? 0)
  const text = texts[side.key]
  if (text !== undefined) return textCondition(engine, text, operator, value ?? '')
  // The status message is never set.
  return operator === 'IS NULL' ? always : never
}
