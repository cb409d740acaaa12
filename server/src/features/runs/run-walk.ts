import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { type FilterTree, type OrderTerm, type Side, sameSide } from '../../search/filter-tree.ts'
import { behind, type SortKey, type SortValues } from '../../search/keyset.ts'
import { metricCondition } from '../../search/number-condition.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { rank } from './run-order.ts'
import type { RunScope } from './run-search-scope.ts'

/** A run of a page, by number, with its sort values. */
export interface FoundRun {
  readonly run: Int64
  readonly values: SortValues
}

interface Walk {
  readonly db: Reader
  readonly scope: RunScope
  /** On the run `r`: stage and filter. */
  readonly condition: Condition
  readonly tree: FilterTree | null
  readonly after: SortValues | undefined
  readonly limit: number
}

/** The order of which an index gives rows one after another: newest first, or by the latest value of one metric. */
export type WalkableOrder =
  | { readonly by: 'start_time' }
  | { readonly by: 'metric'; readonly side: Side; readonly descending: boolean }

/** What order the terms are, if it is one that an index gives. */
export function walkableOrder(order: readonly OrderTerm[]): WalkableOrder | undefined {
  const endsNewestFirst = isAttribute(order.at(-2), 'start_time', true) && isAttribute(order.at(-1), 'run_id', false)
  if (!endsNewestFirst || order.length > 3) return undefined
  if (order.length === 2) return { by: 'start_time' }
  const [{ side, descending } = { side: undefined, descending: false }] = order
  return side?.entity === 'metric' && side.aggregate === undefined ? { by: 'metric', side, descending } : undefined
}

function isAttribute(term: OrderTerm | undefined, key: string, descending: boolean): boolean {
  return term?.side.entity === 'attribute' && term.side.key === key && term.descending === descending
}

const newestFirst = (alias: string): SortKey[] => [
  { kind: 'integer', expression: sql.ref(`${alias}.start_time`), descending: true },
  { kind: 'integer', expression: sql.ref(`${alias}.run`), descending: false },
]

/** Walks the runs newest first until the page is full. */
export async function walkNewestFirst({ db, scope, condition, after, limit }: Walk): Promise<FoundRun[]> {
  const start = after === undefined ? always : behind(newestFirst('r'), after)
  const { rows } = await sql<{ run: Int64; s: Int64 }>`select r.run as run, r.start_time as s from runs as r
    where r.tenant = ${scope.tenant} and r.experiment = ${scope.experiments[0]} and ${start} and ${condition}
    order by r.start_time desc, r.run limit ${limit}`.execute(db)
  return rows.map(({ run, s }) => ({ run, values: [s, run] }))
}

/**
 * Walks the index of a metric's latest values: first the runs whose value is a number, then those with NaN, then those without
 * the metric, until the page is full.
 */
export async function walkMetric(walk: Walk, side: Side, descending: boolean): Promise<FoundRun[]> {
  const bounds = boundsOf(walk.tree, side)
  const [reached = rank.present, ...afterReached] = walk.after ?? []
  const found: FoundRun[] = []
  for (const phase of [rank.present, rank.nan, rank.missing]) {
    const limit = walk.limit - found.length
    if (phase < Number(reached) || limit === 0) continue
    // What is bound to be within limits is a number.
    if (phase !== rank.present && bounds.length > 0) continue
    const after = walk.after !== undefined && phase === Number(reached) ? afterReached : undefined
    const part = { ...walk, limit, after }
    if (phase === rank.present) found.push(...(await walkNumbers(part, side, descending, bounds)))
    else found.push(...(await walkWithoutNumber(part, side, phase)))
  }
  return found
}

/** What every run found must satisfy about the metric that is walked, as bounds of the walk. */
function boundsOf(tree: FilterTree | null, side: Side): Condition[] {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  return terms.flatMap((term) => {
    if (term.type !== 'comparison' || !sameSide(term.side, side)) return []
    const { operator, value } = term
    return ['=', '<', '<=', '>', '>='].includes(operator)
      ? [metricCondition(sql.ref('o.last_value'), operator, value ?? [])]
      : []
  })
}

async function walkNumbers(
  walk: Walk,
  side: Side,
  descending: boolean,
  bounds: readonly Condition[],
): Promise<FoundRun[]> {
  const { after, limit } = walk
  const keys: SortKey[] = [{ kind: 'double', expression: sql.ref('o.last_value'), descending }, ...newestFirst('o')]
  const start = after === undefined ? always : behind(keys, after)
  const isNumber: Condition = sql`${sql.join([sql`o.last_value is not null`, ...bounds], sql` and `)}`
  if (descending) {
    return numbersInOrder(
      walk,
      side,
      sql`${isNumber} and ${start}`,
      sql`o.last_value desc nulls last, o.start_time desc, o.run`,
      limit,
    )
  }
  // The index read backwards gives ascending values but equal ones oldest first. So the rows below the greatest value met are
  // right as a set, and those with that value are read once more in their own order.
  const backwards = sql`o.last_value asc nulls first, o.start_time asc, o.run desc`
  const met = await numbersInOrder(walk, side, sql`${isNumber} and ${start}`, backwards, limit)
  const greatest = met.at(-1)?.values[1]
  if (greatest === undefined) return []
  const below = met.filter(({ values }) => values[1] !== greatest).sort(byValueThenNewest)
  const equal: Condition = sql`o.last_value = ${greatest} and ${start}`
  const rest = await numbersInOrder(walk, side, equal, sql`o.start_time desc, o.run`, limit - below.length)
  return [...below, ...rest]
}

function byValueThenNewest(a: FoundRun, b: FoundRun): number {
  const [, valueA = 0, startA = 0] = a.values
  const [, valueB = 0, startB = 0] = b.values
  if (valueA !== valueB) return valueA < valueB ? -1 : 1
  if (startA !== startB) return startA > startB ? -1 : 1
  return a.run < b.run ? -1 : 1
}

async function numbersInOrder(
  { db, scope, condition }: Walk,
  side: Side,
  series: Condition,
  order: RawBuilder<unknown>,
  limit: number,
): Promise<FoundRun[]> {
  const { rows } = await sql<{ run: Int64; v: number; s: Int64 }>`
    select o.run as run, o.last_value as v, o.start_time as s from ${seriesWithRuns(scope)}
    where ${seriesOf(scope, side)} and ${series} and ${ofSeries(scope)} and ${condition}
    order by ${order} limit ${limit}`.execute(db)
  return rows.map(({ run, v, s }) => ({ run, values: [rank.present, v, s, run] }))
}

async function walkWithoutNumber(
  { db, scope, condition, after, limit }: Walk,
  side: Side,
  phase: number,
): Promise<FoundRun[]> {
  // Past the rank and the value, which is 0 for all of these.
  const place = after?.slice(1)
  const alias = phase === rank.nan ? 'o' : 'r'
  const start = place === undefined ? always : behind(newestFirst(alias), place)
  const source =
    phase === rank.nan
      ? sql`${seriesWithRuns(scope)} where ${seriesOf(scope, side)} and o.last_value is null and ${ofSeries(scope)}`
      : sql`runs as r where r.tenant = ${scope.tenant} and r.experiment = ${scope.experiments[0]}
          and not exists (select 1 from metric_summary as o where o.tenant = ${scope.tenant} and o.run = r.run
            and o.key = ${scope.keyOf(keyKind.metric, side.key)})`
  const { rows } = await sql<{ run: Int64; s: Int64 }>`
    select ${sql.ref(`${alias}.run`)} as run, ${sql.ref(`${alias}.start_time`)} as s from ${source}
    and ${start} and ${condition}
    order by ${sql.ref(`${alias}.start_time`)} desc, ${sql.ref(`${alias}.run`)} limit ${limit}`.execute(db)
  return rows.map(({ run, s }) => ({ run, values: [phase, 0, s, run] }))
}

/** The order of the tables is the order in which they are read, on both engines. */
function seriesWithRuns({ engine, tenant }: RunScope): RawBuilder<unknown> {
  return engine === 'sqlite'
    ? sql`metric_summary as o cross join runs as r`
    : sql`metric_summary as o
        cross join lateral (select * from runs as l where l.tenant = ${tenant} and l.run = o.run offset 0) as r`
}

function seriesOf(scope: RunScope, side: Side): Condition {
  return sql`o.tenant = ${scope.tenant} and o.experiment = ${scope.experiments[0]}
    and o.key = ${scope.keyOf(keyKind.metric, side.key)}`
}

function ofSeries({ tenant }: RunScope): Condition {
  return sql`r.tenant = ${tenant} and r.run = o.run`
}
