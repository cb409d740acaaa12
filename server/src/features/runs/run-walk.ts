import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { type FilterTree, join, type OrderTerm, type Side, sameSide } from '../../search/filter-tree.ts'
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

export interface Walk {
  readonly db: Reader
  readonly scope: RunScope
  readonly tree: FilterTree | null
  /** On the run `r`: stage and a filter. */
  conditionOf(tree: FilterTree | null): Condition
  readonly after: SortValues | undefined
  readonly limit: number
  /**
   * Runs that are looked at, at most; absent: all. With it, what is found is the beginning of the page, and says nothing of
   * what follows when it does not fill the page.
   */
  readonly budget?: number
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

const newestFirstOf = (alias: string): RawBuilder<unknown> =>
  sql`${sql.ref(`${alias}.start_time`)} desc, ${sql.ref(`${alias}.run`)}`

/** Walks the runs newest first until the page is full. */
export async function walkNewestFirst(walk: Walk): Promise<FoundRun[]> {
  const { rows } = await sql<{ run: Int64; s: Int64 }>`select r.run as run, r.start_time as s
    from ${runsNewestFirst(walk, walk.after)} and ${walk.conditionOf(walk.tree)}
    order by ${newestFirstOf('r')} limit ${walk.limit}`.execute(walk.db)
  return rows.map(({ run, s }) => ({ run, values: [s, run] }))
}

/** The runs `r` behind a place, as many as are looked at, up to the conditions on each. */
function runsNewestFirst({ scope, budget }: Walk, after: SortValues | undefined): RawBuilder<unknown> {
  const alias = budget === undefined ? 'r' : 'w'
  const start = after === undefined ? always : behind(newestFirst(alias), after)
  const runs = sql`runs as ${sql.ref(alias)} where ${sql.ref(`${alias}.tenant`)} = ${scope.tenant}
    and ${sql.ref(`${alias}.experiment`)} = ${scope.experiments[0]} and ${start}`
  return budget === undefined
    ? runs
    : sql`(select w.* from ${runs} order by ${newestFirstOf('w')} limit ${budget}) as r where ${always}`
}

/**
 * Walks the index of a metric's latest values: first the runs whose value is a number, then those with NaN, then those without
 * the metric, until the page is full.
 */
export async function walkMetric(walk: Walk, side: Side, descending: boolean): Promise<FoundRun[]> {
  const { bounds, rest } = splitByBounds(walk.tree, side)
  const [reached = rank.present, ...afterReached] = walk.after ?? []
  const found: FoundRun[] = []
  for (const phase of [rank.present, rank.nan, rank.missing]) {
    const limit = walk.limit - found.length
    if (phase < Number(reached) || limit === 0) continue
    // What is bound to be within limits is a number.
    if (phase !== rank.present && bounds.length > 0) continue
    const after = walk.after !== undefined && phase === Number(reached) ? afterReached : undefined
    const part = { ...walk, limit, after }
    if (phase === rank.present) found.push(...(await walkNumbers({ ...part, tree: rest }, side, descending, bounds)))
    else found.push(...(await walkWithoutNumber(part, side, phase)))
    // It is not known whether the phase is at its end.
    if (walk.budget !== undefined) break
  }
  return found
}

/** A filter as bounds of a walk along a metric, and what is left of it to be asked of each run. */
function splitByBounds(
  tree: FilterTree | null,
  side: Side,
): { readonly bounds: readonly Condition[]; readonly rest: FilterTree | null } {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  const bounds: Condition[] = []
  const rest: FilterTree[] = []
  for (const term of terms) {
    if (term.type === 'comparison' && sameSide(term.side, side) && boundOperators.has(term.operator)) {
      bounds.push(metricCondition(sql.ref('o.last_value'), term.operator, term.value ?? []))
    } else rest.push(term)
  }
  return { bounds, rest: join('and', rest) }
}

const boundOperators: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>='])

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
      (alias) => sql`${sql.ref(`${alias}.last_value`)} desc nulls last, ${newestFirstOf(alias)}`,
      limit,
    )
  }
  // The index read backwards gives ascending values but equal ones oldest first. So the rows below the greatest value met are
  // right as a set, and those with that value are read once more in their own order.
  const backwards = (alias: string) => sql`${sql.ref(`${alias}.last_value`)} asc nulls first,
    ${sql.ref(`${alias}.start_time`)} asc, ${sql.ref(`${alias}.run`)} desc`
  const met = await numbersInOrder(walk, side, sql`${isNumber} and ${start}`, backwards, limit)
  const greatest = met.at(-1)?.values[1]
  if (greatest === undefined) return []
  const below = met.filter(({ values }) => values[1] !== greatest).sort(byValueThenNewest)
  const equal: Condition = sql`o.last_value = ${greatest} and ${start}`
  const rest = await numbersInOrder(walk, side, equal, newestFirstOf, limit - below.length)
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
  walk: Walk,
  side: Side,
  series: Condition,
  order: (alias: string) => RawBuilder<unknown>,
  limit: number,
): Promise<FoundRun[]> {
  const { alias, source } = seriesWithRuns(walk, sql`${seriesOf(walk.scope, side)} and ${series}`, order)
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  const { rows } = await sql<{ run: Int64; v: number; s: Int64 }>`
    select ${column('run')} as run, ${column('last_value')} as v, ${column('start_time')} as s
    from ${source} and ${walk.conditionOf(walk.tree)} order by ${order(alias)} limit ${limit}`.execute(walk.db)
  return rows.map(({ run, v, s }) => ({ run, values: [rank.present, v, s, run] }))
}

async function walkWithoutNumber(walk: Walk, side: Side, phase: number): Promise<FoundRun[]> {
  const { db, scope, after, limit } = walk
  // Past the rank and the value, which is 0 for all of these.
  const place = after?.slice(1)
  const start = place === undefined ? always : behind(newestFirst('o'), place)
  const { alias, source } =
    phase === rank.nan
      ? seriesWithRuns(walk, sql`${seriesOf(scope, side)} and o.last_value is null and ${start}`, newestFirstOf)
      : { alias: 'r', source: runsWithoutSeries(walk, side, place) }
  const { rows } = await sql<{ run: Int64; s: Int64 }>`
    select ${sql.ref(`${alias}.run`)} as run, ${sql.ref(`${alias}.start_time`)} as s from ${source} and ${walk.conditionOf(walk.tree)}
    order by ${newestFirstOf(alias)} limit ${limit}`.execute(db)
  return rows.map(({ run, s }) => ({ run, values: [phase, 0, s, run] }))
}

function runsWithoutSeries(walk: Walk, side: Side, after: SortValues | undefined): RawBuilder<unknown> {
  const { scope } = walk
  return sql`${runsNewestFirst(walk, after)} and not exists (select 1 from metric_summary as o
    where o.tenant = ${scope.tenant} and o.run = r.run and o.key = ${scope.keyOf(keyKind.metric, side.key)})`
}

/**
 * The series that meet a condition on `o`, as many as are looked at, each with its run `r`. The order of the tables is the
 * order in which they are read, on both engines.
 */
function seriesWithRuns(
  { scope: { engine, tenant }, budget }: Walk,
  series: Condition,
  order: (alias: string) => RawBuilder<unknown>,
): { readonly alias: string; readonly source: RawBuilder<unknown> } {
  const alias = budget === undefined ? 'o' : 'p'
  const met =
    budget === undefined
      ? sql`metric_summary as o`
      : sql`(select o.run, o.last_value, o.start_time from metric_summary as o where ${series} order by ${order('o')} limit ${budget}) as p`
  const run = sql.ref(`${alias}.run`)
  const runs =
    engine === 'sqlite'
      ? sql`runs as r`
      : sql`lateral (select * from runs as l where l.tenant = ${tenant} and l.run = ${run} offset 0) as r`
  const source = sql`${met} cross join ${runs} where ${budget === undefined ? series : always}
    and r.tenant = ${tenant} and r.run = ${run}`
  return { alias, source }
}

function seriesOf(scope: RunScope, side: Side): Condition {
  return sql`o.tenant = ${scope.tenant} and o.experiment = ${scope.experiments[0]}
    and o.key = ${scope.keyOf(keyKind.metric, side.key)}`
}
