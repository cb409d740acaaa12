import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { FilterTree } from '../../search/filter-tree.ts'
import { behind, directed, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { type Candidates, fewestCandidates, inExperiments } from './logged-model-candidates.ts'
import { datasetCondition, type ModelScope, modelCondition } from './logged-model-conditions.ts'
import { isLatest, lacksMetric, type ModelOrderTerm, metricRank, ofDataset, sortKeysOf } from './logged-model-order.ts'
import type { LoggedModelRow } from './logged-model-store.ts'

export interface FoundModel {
  readonly row: LoggedModelRow
  readonly sortValues: SortValues
}

export interface ModelSearch extends ModelScope {
  /** Null: every model. */
  readonly tree: FilterTree | null
  /** Total: see `completeModelOrder`. */
  readonly order: readonly ModelOrderTerm[]
  readonly after?: SortValues
  readonly limit: number
}

/** What kind of value each sort value of a search is. */
export function sortKinds(search: Omit<ModelSearch, 'limit'>): SortKey['kind'][] {
  return search.order.flatMap((term) => sortKeysOf(search, term).map(({ kind }) => kind))
}

/** Up to `limit` models that are not deleted, in order. */
export async function findModelPage(db: Reader, search: ModelSearch): Promise<FoundModel[]> {
  const candidates = await fewestCandidates(db, search, search.tree)
  const [first] = search.order
  if (candidates === undefined && first?.side.entity === 'metric') return walkMetric(db, search, first)
  const keys = search.order.flatMap((term) => sortKeysOf(search, term))
  const pages = splitByExperiment(search, candidates).map((part) =>
    pageQuery({
      from: sql`logged_models as m`,
      keys,
      condition: modelsOf(part, candidates),
      after: part.after,
      limit: part.limit,
    }),
  )
  return runPages(db, pages, keys, search.limit)
}

/**
 * Walks the index of a metric's values in the order asked for: first the models whose latest value is a number, then those
 * with NaN, then those without the metric. The first two sort values of a row are that rank and the number.
 */
async function walkMetric(db: Reader, search: ModelSearch, term: ModelOrderTerm): Promise<FoundModel[]> {
  const others = search.order.slice(1).flatMap((other) => sortKeysOf(search, other))
  const value: SortKey = { kind: 'double', expression: sql.ref('x.value'), descending: term.descending }
  const [reached = metricRank.number, ...afterReached] = search.after ?? []
  const found: FoundModel[] = []
  for (const rank of [metricRank.number, metricRank.nan, metricRank.missing]) {
    const limit = search.limit - found.length
    if (rank < Number(reached) || limit === 0) continue
    const rest = search.after !== undefined && rank === Number(reached) ? afterReached : undefined
    const keys = rank === metricRank.number ? [value, ...others] : others
    const after = rank === metricRank.number ? rest : rest?.slice(1)
    const pages = splitByExperiment(search, undefined).map((part) =>
      pageQuery({ ...metricSource(part, term, rank), keys, after, limit }),
    )
    const rows = await runPages(db, pages, keys, limit)
    const head = rank === metricRank.number ? [rank] : [rank, 0]
    found.push(...rows.map(({ row, sortValues }) => ({ row, sortValues: [...head, ...sortValues] })))
  }
  return found
}

interface PageParts {
  readonly from: RawBuilder<unknown>
  readonly condition: Condition
  readonly keys: readonly SortKey[]
  readonly after: SortValues | undefined
  readonly limit: number
}

/** The order of the tables is the order in which they are read, on both engines. */
function metricSource(search: ModelSearch, term: ModelOrderTerm, rank: number): Pick<PageParts, 'from' | 'condition'> {
  if (rank === metricRank.missing) {
    return {
      from: sql`logged_models as m`,
      condition: sql`${modelsOf(search, undefined)} and ${lacksMetric(search, term)}`,
    }
  }
  const model = sql`l.tenant = ${search.tenant} and l.model = x.model`
  const from =
    search.engine === 'sqlite'
      ? sql`logged_model_metrics as x cross join logged_models as m`
      : sql`logged_model_metrics as x cross join lateral (select * from logged_models as l where ${model} offset 0) as m`
  const metric: Condition = sql`x.tenant = ${search.tenant} and ${inExperiments(search, 'x.experiment')}
    and x.key = ${term.side.key} and x.value is ${rank === metricRank.nan ? sql`null` : sql`not null`}
    and ${ofDataset(term, 'x')} and ${isLatest(search, term)} and m.model = x.model`
  return { from, condition: sql`${metric} and ${modelsOf(search, undefined)}` }
}

/** Which models are meant, but for their order. With candidates no other index than that of the numbers may be used. */
function modelsOf(search: ModelSearch, candidates: Candidates | undefined): Condition {
  const filter: Condition = search.tree === null ? always : modelCondition(search, search.tree)
  const filters: Condition = sql`m.deleted = 0 and ${filter} and ${datasetCondition(search, search.tree)}`
  if (candidates === undefined) {
    return sql`m.tenant = ${search.tenant} and ${inExperiments(search, 'm.experiment')} and ${filters}`
  }
  return sql`m.tenant = ${search.tenant} and m.model in (${candidates})
    and ${sql`+m.experiment in (${sql.join([...search.experiments])})`} and ${filters}`
}

/** More experiments than this are searched at once, which needs a sort of all that is found. */
const splitLimit = 16

/** One search for each experiment, so that an index on the experiment gives its rows in order. */
function splitByExperiment(search: ModelSearch, candidates: Candidates | undefined): ModelSearch[] {
  if (candidates !== undefined || search.experiments.length > splitLimit) return [search]
  return search.experiments.map((experiment) => ({ ...search, experiments: [experiment] }))
}

function pageQuery({ from, condition, keys, after, limit }: PageParts): RawBuilder<unknown> {
  const columns = keys.map(({ expression }, index) => sql`${expression} as ${sql.ref(`s${index}`)}`)
  const start: Condition = after === undefined ? always : behind(keys, after)
  return sql`select m.*, ${sql.join(columns)} from ${from} where ${condition} and ${start}
    order by ${sql.join(keys.map(({ expression, descending }) => directed(expression, descending)))} limit ${limit}`
}

async function runPages(
  db: Reader,
  pages: readonly RawBuilder<unknown>[],
  keys: readonly SortKey[],
  limit: number,
): Promise<FoundModel[]> {
  const [first] = pages
  if (first === undefined) return []
  const parts = pages.map((page, index) => sql`select * from (${page}) as ${sql.ref(`p${index}`)}`)
  const order = keys.map(({ descending }, index) => directed(sql.ref(`s${index}`), descending))
  const query =
    pages.length === 1
      ? first
      : sql`select * from (${sql.join(parts, sql` union all `)}) as u order by ${sql.join(order)} limit ${limit}`
  const { rows } = await sql<LoggedModelRow & Record<`s${number}`, string | Int64>>`${query}`.execute(db)
  return rows.map((row) => ({ row, sortValues: keys.map((_, index) => row[`s${index}`] as string | Int64) }))
}
