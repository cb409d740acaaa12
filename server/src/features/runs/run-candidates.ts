import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import { runNumber } from '../../lib/run-number.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { Comparison, FilterTree, Side } from '../../search/filter-tree.ts'
import { metricCondition } from '../../search/number-condition.ts'
import { type Condition, inTexts, patternPrefix } from '../../search/text-condition.ts'
import { type RunScope, runNameTag } from './run-search-scope.ts'

/** Runs that one comparison of a filter leaves, read from an index. */
export interface Candidates {
  readonly comparison: Comparison
  /** `select … run …`. */
  readonly query: RawBuilder<unknown>
  /** How many there are; `countLimit` means that many or more. */
  readonly count: number
}

/** Counting stops here: probing that many runs takes a few milliseconds, more are better met on the way of the order. */
export const countLimit = 4001

/**
 * For each comparison that every run found must satisfy and an index can answer: how many runs it leaves. All are counted at
 * once and each only up to `countLimit`, which takes a fraction of a millisecond.
 */
export async function countCandidates(db: Reader, scope: RunScope, tree: FilterTree | null): Promise<Candidates[]> {
  const [experiment] = scope.experiments
  if (tree === null || experiment === undefined || scope.experiments.length > 1) return []
  const terms = tree.type === 'and' ? tree.children : [tree]
  const queries = terms.flatMap((term) => {
    if (term.type !== 'comparison') return []
    const query = indexedRuns(scope, term)
    return query === undefined ? [] : [{ comparison: term, query }]
  })
  return Promise.all(
    queries.map(async ({ comparison, query }) => {
      const counting = sql<{ n: number }>`select count(*) as n from (${query} limit ${sql.lit(countLimit)}) as c`
      const { rows } = await counting.execute(db)
      return { comparison, query, count: Number(rows[0]?.n ?? 0) }
    }),
  )
}

function indexedRuns(scope: RunScope, comparison: Comparison): RawBuilder<unknown> | undefined {
  const { side, operator, value } = comparison
  switch (side.entity) {
    case 'metric': {
      if (side.aggregate !== undefined || !['=', '<', '<=', '>', '>='].includes(operator)) return undefined
      const condition = metricCondition(sql.ref('x.last_value'), operator, value ?? [])
      return sql`select x.run from metric_summary as x where x.tenant = ${scope.tenant}
        and x.experiment = ${scope.experiments[0]} and x.key = ${scope.keyOf(keyKind.metric, side.key)} and ${condition}`
    }
    case 'param':
    case 'tag':
      return indexedTexts(scope, side, comparison)
    case 'attribute':
      if (side.key === 'run_name') return indexedTexts(scope, { entity: 'tag', key: runNameTag }, comparison)
      if (side.key === 'run_id' && operator === '=') return runsByNumber(scope, [value])
      if (side.key === 'run_id' && operator === 'IN') return runsByNumber(scope, value as readonly unknown[])
      return undefined
    case 'dataset':
      return undefined
  }
}

function indexedTexts(scope: RunScope, { entity, key }: Side, comparison: Comparison): RawBuilder<unknown> | undefined {
  const { operator, value } = comparison
  const condition = indexedTextCondition(scope, operator, value)
  if (condition === undefined) return undefined
  const isParam = entity === 'param'
  return sql`select x.run from ${sql.table(isParam ? 'params' : 'tags')} as x where x.tenant = ${scope.tenant}
    and x.experiment = ${scope.experiments[0]} and x.key = ${scope.keyOf(isParam ? keyKind.param : keyKind.tag, key)}
    and ${condition}`
}

/** A condition on the value index that every wanted run satisfies (it may let a few more through). */
function indexedTextCondition(
  { engine }: RunScope,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Condition | undefined {
  const column = sql.ref('x.value_key')
  switch (operator) {
    case '=':
      return sql`${column} = ${valueKey(String(value))}`
    case 'IN':
      return inTexts(
        engine,
        column,
        (value as readonly unknown[]).map((text) => valueKey(String(text))),
      )
    case 'LIKE': {
      const prefix = valueKey(patternPrefix(String(value)))
      return prefix === '' ? undefined : sql`${column} >= ${prefix} and ${column} < ${`${prefix}\u{10ffff}`}`
    }
    default:
      return undefined
  }
}

function runsByNumber(scope: RunScope, ids: readonly unknown[]): RawBuilder<unknown> {
  const numbers = ids.flatMap((id) => runNumber(String(id)) ?? [])
  if (numbers.length === 0) return sql`select x.run from runs as x where x.tenant = ${scope.tenant} and 1 = 0`
  return sql`select x.run from runs as x where x.tenant = ${scope.tenant} and x.run in (${sql.join(numbers)})`
}
