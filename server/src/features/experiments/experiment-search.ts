import { type RawBuilder, sql } from 'kysely'
import type { Database, Engine } from '../../db/database.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { Comparison, FilterTree, OrderTerm } from '../../search/filter-tree.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { integerCondition } from '../../search/number-condition.ts'
import { always, type Condition, textCondition } from '../../search/text-condition.ts'
import type { ExperimentRow } from './experiment-store.ts'

export interface ExperimentSearch {
  readonly tenant: Tenant
  readonly deleted: 0 | 1 | undefined
  readonly tree: FilterTree | null
  /** Total: ends with `experiment_id`. */
  readonly order: readonly OrderTerm[]
  readonly after: SortValues | undefined
  readonly limit: number
}

const attributes: Readonly<Record<string, Pick<SortKey, 'kind' | 'expression'>>> = {
  name: { kind: 'text', expression: sql.ref('e.name') },
  experiment_id: { kind: 'integer', expression: sql.ref('e.experiment') },
  creation_time: { kind: 'integer', expression: sql.ref('e.created') },
  last_update_time: { kind: 'integer', expression: sql.ref('e.updated') },
}

/** The sort keys of an order, in terms of the experiment `e`. */
export function experimentSortKeys(order: readonly OrderTerm[]): SortKey[] {
  return order.map(({ side, descending }) => ({ ...attributeOf(side.key), descending }))
}

/** Up to `limit` experiments in order, each with the values that it is sorted by. */
export async function findExperiments(
  db: Database,
  { tenant, deleted, tree, order, after, limit }: ExperimentSearch,
): Promise<{ readonly row: ExperimentRow; readonly values: SortValues }[]> {
  const keys = experimentSortKeys(order)
  const stage: Condition = deleted === undefined ? always : sql`e.deleted = ${sql.lit(deleted)}`
  const filter: Condition = tree === null ? always : experimentCondition(db.engine, tenant, tree)
  const start = after === undefined ? always : behind(keys, after)
  const { rows } = await sql<ExperimentRow>`select e.* from experiments as e
    where e.tenant = ${tenant} and ${stage} and ${filter} and ${start}
    order by ${orderOf(keys)} limit ${limit}`.execute(db.read)
  const columns = {
    name: 'name',
    experiment_id: 'experiment',
    creation_time: 'created',
    last_update_time: 'updated',
  } as const
  return rows.map((row) => ({
    row,
    values: order.map(({ side }) => row[columns[side.key as keyof typeof columns]]),
  }))
}

function experimentCondition(engine: Engine, tenant: Tenant, tree: FilterTree): Condition {
  switch (tree.type) {
    case 'comparison':
      return comparisonCondition(engine, tenant, tree)
    case 'not':
      return sql`not (${experimentCondition(engine, tenant, tree.child)})`
    default: {
      const children = tree.children.map((child) => sql`(${experimentCondition(engine, tenant, child)})`)
      return sql`(${sql.join(children, tree.type === 'and' ? sql` and ` : sql` or `)})`
    }
  }
}

function comparisonCondition(engine: Engine, tenant: Tenant, comparison: Comparison): Condition {
  const { side, operator, value } = comparison
  if (operator === 'IS NULL') {
    return sql`not (${comparisonCondition(engine, tenant, { ...comparison, operator: 'IS NOT NULL' })})`
  }
  if (side.entity === 'tag') {
    return sql`exists (select 1 from experiment_tags as t where t.tenant = ${tenant} and t.experiment = e.experiment
      and t.key = ${side.key} and ${textCondition(engine, sql.ref('t.value'), operator, value ?? '')})`
  }
  const { kind, expression } = attributeOf(side.key)
  return kind === 'text'
    ? textCondition(engine, expression, operator, value ?? '')
    : integerCondition(expression, operator, value ?? [])
}

function attributeOf(key: string): { readonly kind: SortKey['kind']; readonly expression: RawBuilder<unknown> } {
  const attribute = attributes[key]
  if (attribute === undefined) throw new Error(`Experiments have no attribute '${key}'.`)
  return attribute
}
