import { type RawBuilder, sql } from 'kysely'
import type { Input } from '../../contract/wire.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { Comparison, FilterTree, Side } from '../../search/filter-tree.ts'
import { integerCondition, metricCondition } from '../../search/number-condition.ts'
import { always, type Condition, textCondition } from '../../search/text-condition.ts'
import { RunStatus } from './run-entity-contract.ts'
import { shownStatus } from './run-message.ts'
import { type RunScope, runNameTag } from './run-search-scope.ts'

/** The input tag that MLflow searches as `dataset.context`. */
const contextTag = 'mlflow.data.context'

/** A filter as a condition on the run `r`; true or false, never NULL. */
export function runCondition(scope: RunScope, tree: FilterTree): Condition {
  switch (tree.type) {
    case 'comparison':
      return comparisonCondition(scope, tree)
    case 'not':
      return sql`not (${runCondition(scope, tree.child)})`
    case 'and':
    case 'or': {
      const children = tree.children.map((child) => sql`(${runCondition(scope, child)})`)
      return tree.type === 'and' ? sql`${sql.join(children, sql` and `)}` : sql`(${sql.join(children, sql` or `)})`
    }
  }
}

function comparisonCondition(scope: RunScope, comparison: Comparison): Condition {
  const { side, operator } = comparison
  if (operator === 'IS NULL')
    return sql`not (${comparisonCondition(scope, { ...comparison, operator: 'IS NOT NULL' })})`
  switch (side.entity) {
    case 'metric':
      return metricExists(scope, side, metricCondition(metricColumn(side), operator, comparison.value ?? []))
    case 'param':
    case 'tag':
      return textExists(scope, side.entity, side.key, textOf(scope, sql.ref('t.value'), comparison))
    case 'dataset':
      return datasetExists(scope, comparison)
    case 'attribute':
      return attributeCondition(scope, comparison)
  }
}

/** The column of a metric's summary that a side asks; NULL where the value is NaN. */
export function metricColumn({ aggregate }: Side): RawBuilder<unknown> {
  return sql.ref(`m.${aggregate ?? 'last'}_value`)
}

function metricExists(scope: RunScope, side: Side, condition: Condition): Condition {
  return sql`exists (select 1 from metric_summary as m where m.tenant = ${scope.tenant} and m.run = r.run
    and m.key = ${scope.keyOf(keyKind.metric, side.key)} and ${condition})`
}

function textExists(scope: RunScope, entity: 'param' | 'tag', key: string, condition: Condition): Condition {
  const table = sql.table(entity === 'param' ? 'params' : 'tags')
  return sql`exists (select 1 from ${table} as t where t.tenant = ${scope.tenant} and t.run = r.run
    and t.key = ${scope.keyOf(keyKind[entity], key)} and ${condition})`
}

function textOf({ engine }: RunScope, left: RawBuilder<unknown>, { operator, value }: Comparison): Condition {
  return textCondition(engine, left, operator, value ?? '')
}

function datasetExists(scope: RunScope, comparison: Comparison): Condition {
  if (comparison.side.key === 'context') {
    return sql`exists (select 1 from run_input_tags as g where g.tenant = ${scope.tenant} and g.run = r.run
      and g.name = ${contextTag} and ${textOf(scope, sql.ref('g.value'), comparison)})`
  }
  const column = sql.ref(comparison.side.key === 'digest' ? 'd.digest' : 'd.name')
  return sql`exists (select 1 from run_inputs as i
    join datasets as d on d.tenant = ${scope.tenant} and d.experiment = i.experiment and d.dataset = i.dataset
    where i.tenant = ${scope.tenant} and i.run = r.run and ${textOf(scope, column, comparison)})`
}

const textColumns: Readonly<Record<string, string>> = {
  run_id: 'r.run_id',
  artifact_uri: 'r.artifact_uri',
  user_id: 'r.user_id',
}

function attributeCondition(scope: RunScope, comparison: Comparison): Condition {
  const { side, operator, value } = comparison
  switch (side.key) {
    case 'start_time':
      return operator === 'IS NOT NULL' ? always : integerCondition(sql.ref('r.start_time'), operator, value ?? [])
    case 'end_time':
      return operator === 'IS NOT NULL'
        ? sql`r.end_time is not null`
        : sql`(r.end_time is not null and ${integerCondition(sql.ref('r.end_time'), operator, value ?? [])})`
    case 'run_name':
      return textExists(scope, 'tag', runNameTag, textOf(scope, sql.ref('t.value'), comparison))
    case 'status':
      return textOf(scope, statusName(scope), comparison)
    default: {
      const column = textColumns[side.key]
      if (column === undefined) throw new Error(`Runs have no attribute '${side.key}'.`)
      return textOf(scope, sql.ref(column), comparison)
    }
  }
}

/** The name of a run's status as the dialect shows it, which MLflow compares and sorts as text. */
export function statusName({ dialect }: RunScope): RawBuilder<unknown> {
  const names = Object.entries(RunStatus.values).map(
    ([name, number]) =>
      sql`when ${sql.lit(number)} then ${sql.lit(shownStatus(name as Input<typeof RunStatus>, dialect))}`,
  )
  return sql`(case r.status ${sql.join(names, sql` `)} else '' end)`
}
