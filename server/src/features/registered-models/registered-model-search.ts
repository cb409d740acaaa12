import { sql } from 'kysely'
import type { Engine, Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { Comparison, FilterTree, OrderTerm } from '../../search/filter-tree.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always, type Condition, inTexts, patternPrefix, textCondition } from '../../search/text-condition.ts'
import type { RegisteredModelRow } from './registered-model-store.ts'

export interface RegisteredModelSearch {
  readonly engine: Engine
  readonly platform: Platform
  readonly tree: FilterTree | null
  /** That the caller may see the model `m`. */
  readonly visible: Condition
  /** Models alone, prompts alone, or what the tree finds. */
  readonly isPrompt: 0 | 1 | undefined
  /** Total: it has the name in it. */
  readonly order: readonly OrderTerm[]
  readonly after: SortValues | undefined
  readonly limit: number
}

const columns = { name: 'name', last_updated_timestamp: 'updated' } as const

/** The sort keys of an order, in terms of the model `m`. */
export function modelSortKeys(order: readonly OrderTerm[]): SortKey[] {
  return order.map(({ side, descending }) => {
    const column = columns[side.key as keyof typeof columns]
    return { kind: column === 'name' ? 'text' : 'integer', expression: sql.ref(`m.${column}`), descending }
  })
}

/** Up to `limit` models in order, each with the values that it is sorted by. */
export async function findModels(
  db: Reader,
  search: RegisteredModelSearch,
): Promise<{ readonly row: RegisteredModelRow; readonly values: SortValues }[]> {
  const { platform, tree, visible, isPrompt, order, after, limit } = search
  const keys = modelSortKeys(order)
  const candidates = await fewestCandidates(db, search)
  const conditions = [
    sql<boolean>`m.tenant = ${platform}`,
    visible,
    candidates === undefined ? always : sql<boolean>`m.model = c.model`,
    isPrompt === undefined ? always : sql<boolean>`m.is_prompt = ${sql.lit(isPrompt)}`,
    tree === null ? always : treeCondition(search, tree),
    after === undefined ? always : behind(keys, after),
  ]
  // SQLite reads the tables of a cross join in the order in which they stand.
  const source =
    candidates === undefined ? sql`registered_models as m` : sql`(${candidates}) as c cross join registered_models as m`
  const { rows } = await sql<RegisteredModelRow>`select m.* from ${source}
    where ${sql.join(conditions, sql` and `)} order by ${orderOf(keys)} limit ${limit}`.execute(db)
  return rows.map((row) => ({ row, values: order.map(({ side }) => row[columns[side.key as keyof typeof columns]]) }))
}

function treeCondition(search: RegisteredModelSearch, tree: FilterTree): Condition {
  switch (tree.type) {
    case 'comparison':
      return comparisonCondition(search, tree)
    case 'not':
      return sql`not (${treeCondition(search, tree.child)})`
    default: {
      const children = tree.children.map((child) => sql`(${treeCondition(search, child)})`)
      return sql`(${sql.join(children, tree.type === 'and' ? sql` and ` : sql` or `)})`
    }
  }
}

function comparisonCondition(search: RegisteredModelSearch, comparison: Comparison): Condition {
  const { engine, platform } = search
  const { side, operator, value } = comparison
  if (side.entity !== 'tag') return nameCondition(engine, comparison)
  if (operator === 'IS NULL') {
    return sql`not (${comparisonCondition(search, { ...comparison, operator: 'IS NOT NULL' })})`
  }
  // `offset 0` keeps PostgreSQL from turning the probe into a join of whole tables.
  return sql`exists (select 1 from registered_model_tags as t where t.tenant = ${platform} and t.model = m.model
    and t.key = ${side.key} and (${textCondition(engine, sql.ref('t.value'), operator, value ?? '')}) limit 1 offset 0)`
}

/** A pattern with a fixed start is a range of the index of names as well. */
function nameCondition(engine: Engine, { operator, value }: Comparison): Condition {
  const condition = textCondition(engine, sql.ref('m.name'), operator, value ?? '')
  const start = operator === 'LIKE' ? patternPrefix(String(value)) : ''
  return start === '' ? condition : sql`m.name >= ${start} and m.name < ${`${start}\u{10ffff}`} and ${condition}`
}

/** With more candidates than this, walking the models in order and looking at each is as fast. */
const candidateLimit = 2_000

type Candidates = Condition

/**
 * The models of the clause on a tag that leaves the fewest, if those are few. Each is counted up to the limit alone, all at
 * once: the planners do not know how many rows a value has.
 */
async function fewestCandidates(db: Reader, search: RegisteredModelSearch): Promise<Candidates | undefined> {
  const { tree } = search
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  const ranges = terms
    .map((term) => (term.type === 'comparison' ? taggedModels(search, term) : undefined))
    .filter((range) => range !== undefined)
  if (ranges.length === 0) return undefined
  const counts = ranges.map(
    (range, index) =>
      sql`(select count(*) from (select 1 from (${range}) r limit ${sql.lit(candidateLimit + 1)}) c)
        as ${sql.ref(`c${index}`)}`,
  )
  const { rows } = await sql<Record<string, Int64>>`select ${sql.join(counts)}`.execute(db)
  const numbers = ranges.map((_, index) => Number(rows[0]?.[`c${index}`]))
  const fewest = Math.min(...numbers)
  return fewest > candidateLimit ? undefined : ranges[numbers.indexOf(fewest)]
}

/** The models in the index range of a clause on a tag, which may be a few more than it is true for. */
function taggedModels({ engine, platform }: RegisteredModelSearch, comparison: Comparison): Candidates | undefined {
  const { side, operator, value } = comparison
  if (side.entity !== 'tag') return undefined
  const range = valueRange(engine, operator, value)
  return (
    range &&
    sql`select t.model from registered_model_tags as t
    where t.tenant = ${platform} and t.key = ${side.key} and ${range}`
  )
}

function valueRange(
  engine: Engine,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Condition | undefined {
  const key = sql.ref('t.value_key')
  if (operator === '=') return sql`${key} = ${valueKey(String(value))}`
  if (operator === 'IS NOT NULL' || operator === '!=') return always
  if (operator === 'IN') return inTexts(engine, key, (value as readonly string[]).map(String).map(valueKey))
  if (operator !== 'LIKE') return undefined
  const start = valueKey(patternPrefix(String(value)))
  return start === '' ? always : sql`${key} >= ${start} and ${key} < ${`${start}\u{10ffff}`}`
}
