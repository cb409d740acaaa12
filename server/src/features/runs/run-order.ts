import { type RawBuilder, sql } from 'kysely'
import { keyKind } from '../../db/tables/tables.ts'
import type { OrderTerm } from '../../search/filter-tree.ts'
import type { SortKey } from '../../search/keyset.ts'
import { metricColumn, statusName } from './run-conditions.ts'
import type { RunScope } from './run-search-scope.ts'

/** The first sort value of what a run may lack: there, there but NaN, missing. The order among them never changes. */
export const rank = { present: 0, nan: 1, missing: 2 } as const

/** The sort keys of an order, in terms of the run `r`. What a run may lack has two: its rank and its value. */
export function sortKeysOf(scope: RunScope, order: readonly OrderTerm[]): SortKey[] {
  return order.flatMap((term) => keysOfTerm(scope, term))
}

function keysOfTerm(scope: RunScope, { side, descending }: OrderTerm): SortKey[] {
  switch (side.entity) {
    case 'metric': {
      const from = sql`from metric_summary as m where m.tenant = ${scope.tenant} and m.run = r.run
        and m.key = ${scope.keyOf(keyKind.metric, side.key)}`
      const column = metricColumn(side)
      return ranked(
        sql`coalesce((select case when ${column} is null then ${sql.lit(rank.nan)} else ${sql.lit(rank.present)} end ${from}), ${sql.lit(rank.missing)})`,
        { kind: 'double', expression: sql`coalesce((select ${column} ${from}), 0)`, descending },
      )
    }
    case 'param':
    case 'tag': {
      const from = sql`from ${sql.table(side.entity === 'param' ? 'params' : 'tags')} as t where t.tenant = ${scope.tenant}
        and t.run = r.run and t.key = ${scope.keyOf(keyKind[side.entity], side.key)}`
      return ranked(
        sql`case when exists (select 1 ${from}) then ${sql.lit(rank.present)} else ${sql.lit(rank.missing)} end`,
        { kind: 'text', expression: sql`coalesce((select t.value ${from}), '')`, descending },
      )
    }
    case 'attribute':
      return keysOfAttribute(scope, side.key, descending)
    case 'dataset':
      throw new Error('Runs are not sorted by datasets.')
  }
}

function keysOfAttribute(scope: RunScope, key: string, descending: boolean): SortKey[] {
  switch (key) {
    case 'start_time':
      return [{ kind: 'integer', expression: sql.ref('r.start_time'), descending }]
    case 'run_id':
      return [{ kind: 'integer', expression: sql.ref('r.run'), descending }]
    case 'end_time':
      return ranked(sql`case when r.end_time is null then ${sql.lit(rank.missing)} else ${sql.lit(rank.present)} end`, {
        kind: 'integer',
        expression: sql`coalesce(r.end_time, 0)`,
        descending,
      })
    case 'status':
      return [{ kind: 'text', expression: statusName(scope), descending }]
    default: {
      const column = { run_name: 'r.name', artifact_uri: 'r.artifact_uri', user_id: 'r.user_id' }[key]
      if (column === undefined) throw new Error(`Runs have no attribute '${key}'.`)
      return [{ kind: 'text', expression: sql.ref(column), descending }]
    }
  }
}

function ranked(expression: RawBuilder<unknown>, value: SortKey): SortKey[] {
  return [{ kind: 'integer', expression: sql`(${expression})`, descending: false }, value]
}
