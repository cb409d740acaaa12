import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from '../../contract/endpoint.ts'
import type { Database } from '../../db/database.ts'
import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { Int64 } from '../../lib/int64.ts'
import { ShortMemory } from '../../lib/short-memory.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { type FilterTree, type OrderTerm, sameSide } from '../../search/filter-tree.ts'
import { behind, directed, type SortKey, type SortValues } from '../../search/keyset.ts'
import { digestOf } from '../../search/page-token.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { experimentNumbers } from '../experiments/experiment-public.ts'
import { type Candidates, countCandidates, countLimit } from './run-candidates.ts'
import { runCondition } from './run-conditions.ts'
import { estimateRunCount } from './run-count-estimate.ts'
import { intersectionOf } from './run-intersection.ts'
import { sortKeysOf } from './run-order.ts'
import { type RunScope, scopeOfExperiment, scopeOfExperiments, sidesOf } from './run-search-scope.ts'
import { type FoundRun, type Walk, type WalkableOrder, walkableOrder, walkMetric, walkNewestFirst } from './run-walk.ts'

export interface RunSearch {
  readonly tenant: Tenant
  readonly experiments: readonly Int64[]
  /** All experiments of the workspace, whatever `experiments` says. */
  readonly everywhere?: boolean
  readonly deleted: 0 | 1 | undefined
  readonly dialect: Dialect
  /** Null: every run. */
  readonly tree: FilterTree | null
  /** Total: ends with `start_time` and `run_id`. */
  readonly order: readonly OrderTerm[]
  readonly after: SortValues | undefined
  readonly limit: number
}

/** Up to this many experiments are searched one by one, each along its own indexes, and their pages merged. */
const splitLimit = 16

/**
 * Runs that a walk looks at before another way is tried: on the way of the order those that are wanted may come late or never,
 * though each comparison leaves many runs.
 */
const walkBudget = 8_000

/** What kind of value each sort value of an order is. */
export function sortKindsOf(order: readonly OrderTerm[]): SortKey['kind'][] {
  const nowhere = { tenant: 0 as Tenant, experiments: [], deleted: undefined }
  const anywhere = scopeOfExperiments({ engine: 'sqlite', dialect: 'mlflow', ...nowhere })
  return sortKeysOf(anywhere, order).map(({ kind }) => kind)
}

/** Up to `limit` runs in order, by number. */
export async function findRuns(db: Database, search: RunSearch, now: number): Promise<FoundRun[]> {
  const { tenant, deleted, dialect, order, everywhere = false } = search
  const base = { engine: db.engine, tenant, deleted, dialect }
  const experiments = everywhere ? await experimentNumbers(db.lookup, tenant, splitLimit + 1) : search.experiments
  if (experiments.length > splitLimit) {
    return sortAll(db, scopeOfExperiments({ ...base, experiments, everywhere }), search, undefined)
  }
  const sides = sidesOf(search.tree, order)
  const pages = await Promise.all(
    experiments.map(async (experiment) =>
      findInExperiment(db, await scopeOfExperiment(db.lookup, { ...base, experiment }, sides), search, now),
    ),
  )
  if (pages.length === 1) return pages[0] ?? []
  const descending = sortKeysOf(scopeOfExperiments({ ...base, experiments }), order).map((key) => key.descending)
  return pages
    .flat()
    .sort((a, b) => compareValues(a.values, b.values, descending))
    .slice(0, search.limit)
}

/** Where a walk has filled a page lately it comes first, and nothing is counted if it fills this one. */
async function findInExperiment(db: Database, scope: RunScope, search: RunSearch, now: number): Promise<FoundRun[]> {
  const { tree, after, limit } = search
  const order = walkableOrder(search.order)
  const candidates = () => countCandidates(db.read, scope, tree)
  if (order === undefined) return sortFew(db, scope, search, await candidates())

  const walk: Walk = { db: db.read, scope, tree, conditionOf: (filter) => stageAndFilter(scope, filter), after, limit }
  const beginning = { ...walk, budget: Math.max(walkBudget, 4 * limit) }
  const memory = shortWalksOf(db)
  const id = identityOf(scope, search)
  let begun: FoundRun[] | undefined
  if (memory.get(id, now)) {
    begun = await walkInOrder(beginning, order)
    if (begun.length >= limit) return begun
    memory.delete(id)
  }
  const plan = await planOf(db, scope, search, order, await candidates(), now)
  switch (plan.way) {
    case 'nothing':
      return []
    case 'sort':
      return sortAll(db, scope, search, plan.driver)
    case 'walk':
      return walkInOrder(walk, order)
    case 'walk a little': {
      begun ??= await walkInOrder(beginning, order)
      if (begun.length >= limit) {
        memory.set(id, true, now)
        return begun
      }
      const driver = plan.driver ?? (await intersectionOf(db.read, plan.candidates))
      return driver === undefined ? walkInOrder(walk, order) : sortAll(db, scope, search, driver)
    }
  }
}

type Plan =
  | { readonly way: 'nothing' }
  /** Read what the driver leaves, and sort it. */
  | { readonly way: 'sort'; readonly driver: Candidates }
  /** Go along the index of the order to the end. */
  | { readonly way: 'walk' }
  /** Go along it as far as the budget lasts, then take the driver, or what all candidates have in common if that is little. */
  | {
      readonly way: 'walk a little'
      readonly driver: Candidates | undefined
      readonly candidates: readonly Candidates[]
    }

/**
 * The database's planner does not know which comparison leaves few runs, so this decides: drive from the comparison that
 * leaves fewest, or walk the index of the order and check each run on the way, whichever meets fewer runs.
 */
async function planOf(
  db: Database,
  scope: RunScope,
  search: RunSearch,
  order: WalkableOrder,
  candidates: readonly Candidates[],
  now: number,
): Promise<Plan> {
  const fewest = fewestOf(candidates)
  if (fewest?.count === 0) return { way: 'nothing' }
  const driver = usable(fewest)
  if (driver === undefined && candidates.length < 2) return { way: 'walk' }
  if (driver !== undefined && !(await walkIsShorter(db, scope, search, order, candidates, driver, now)))
    return { way: 'sort', driver }
  return { way: 'walk a little', driver, candidates }
}

/** The way without an index for the order. */
async function sortFew(
  db: Database,
  scope: RunScope,
  search: RunSearch,
  candidates: readonly Candidates[],
): Promise<FoundRun[]> {
  const fewest = fewestOf(candidates)
  return fewest?.count === 0 ? [] : sortAll(db, scope, search, usable(fewest))
}

function fewestOf(candidates: readonly Candidates[]): Candidates | undefined {
  return candidates.reduce<Candidates | undefined>(
    (least, one) => (least === undefined || one.count < least.count ? one : least),
    undefined,
  )
}

/** A count that has reached the limit says nothing about how many there are. */
function usable(fewest: Candidates | undefined): Candidates | undefined {
  return fewest !== undefined && fewest.count < countLimit ? fewest : undefined
}

const shortWalkMs = 30_000
const rememberedWalks = 1000
const shortWalks = new WeakMap<Database, ShortMemory<true>>()

/** Searches of one experiment whose walk has filled a page. */
function shortWalksOf(db: Database): ShortMemory<true> {
  const memory = shortWalks.get(db) ?? new ShortMemory(shortWalkMs, rememberedWalks)
  shortWalks.set(db, memory)
  return memory
}

/** The same for all pages of a search of one experiment; short, because filters may be long. */
function identityOf({ tenant, experiments, deleted, dialect }: RunScope, { tree, order, limit }: RunSearch): string {
  return digestOf([tenant, experiments, deleted, dialect, tree, order, limit])
}

function walkInOrder(walk: Walk, order: WalkableOrder): Promise<FoundRun[]> {
  return order.by === 'start_time' ? walkNewestFirst(walk) : walkMetric(walk, order.side, order.descending)
}

async function walkIsShorter(
  db: Database,
  scope: RunScope,
  { limit }: RunSearch,
  order: WalkableOrder,
  candidates: readonly Candidates[],
  driver: Candidates,
  now: number,
): Promise<boolean> {
  const [experiment] = scope.experiments
  if (experiment === undefined) return false
  const runs = Math.max(1, await estimateRunCount(db, scope.tenant, experiment, now))
  let passing = 1
  for (const { comparison, count } of candidates) {
    if (!isHeadOf(order, comparison)) passing *= Math.min(1, count / runs)
  }
  return limit / passing < driver.count
}

/** A bound on the metric that is sorted by, at the end where the walk begins, costs the walk nothing. */
function isHeadOf(order: WalkableOrder, { side, operator }: Candidates['comparison']): boolean {
  if (order.by !== 'metric' || !sameSide(order.side, side)) return false
  return order.descending ? operator.startsWith('>') : operator.startsWith('<')
}

function stageAndFilter(scope: RunScope, tree: FilterTree | null): Condition {
  const stage: Condition = scope.deleted === undefined ? always : sql`r.deleted = ${sql.lit(scope.deleted)}`
  return tree === null ? stage : sql`${stage} and ${runCondition(scope, tree)}`
}

/** Reads every run in question (or the candidates alone) and sorts them. */
async function sortAll(
  db: Database,
  scope: RunScope,
  { tree, order, after, limit }: RunSearch,
  driver: Pick<Candidates, 'query'> | undefined,
): Promise<FoundRun[]> {
  const keys = sortKeysOf(scope, order)
  const columns = keys.map(({ expression }, place) => sql`${expression} as ${sql.ref(`s${place}`)}`)
  const sorted = keys.map((key, place) => ({ ...key, expression: sql.ref(`x.s${place}`) }))
  const start = after === undefined ? always : behind(sorted, after)
  const { rows } = await sql<{ run: Int64 } & Record<`s${number}`, string | Int64>>`
    select * from (select r.run as run, ${sql.join(columns)} from ${runsFrom(scope, driver)}
      and ${stageAndFilter(scope, tree)}) as x
    where ${start} order by ${sql.join(sorted.map((key) => directed(key.expression, key.descending)))}
    limit ${limit}`.execute(db.read)
  return rows.map((row) => ({ run: row.run, values: keys.map((_, place) => row[`s${place}`] as string | Int64) }))
}

function runsFrom(scope: RunScope, driver: Pick<Candidates, 'query'> | undefined): RawBuilder<unknown> {
  const { engine, tenant, experiments, everywhere } = scope
  if (driver === undefined) {
    if (everywhere) return sql`runs as r where r.tenant = ${tenant}`
    return sql`runs as r where r.tenant = ${tenant} and r.experiment in (${sql.join([...experiments])})`
  }
  const candidates = sql`(select distinct y.run from (${driver.query}) as y ${engine === 'sqlite' ? sql`` : sql`offset 0`}) as c`
  // The unary plus keeps SQLite on the primary key.
  return engine === 'sqlite'
    ? sql`${candidates} cross join runs as r where r.tenant = ${tenant} and r.run = c.run and +r.experiment = ${experiments[0]}`
    : sql`${candidates} cross join lateral (select * from runs as l where l.tenant = ${tenant} and l.run = c.run offset 0) as r
        where r.experiment = ${experiments[0]}`
}

function compareValues(a: SortValues, b: SortValues, descending: readonly boolean[]): number {
  for (let place = 0; place < descending.length; place++) {
    const order = compareValue(a[place] as string | Int64, b[place] as string | Int64)
    if (order !== 0) return descending[place] ? -order : order
  }
  return 0
}

function compareValue(a: string | Int64, b: string | Int64): number {
  if (typeof a === 'string' && typeof b === 'string') return compareByCodePoint(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}
