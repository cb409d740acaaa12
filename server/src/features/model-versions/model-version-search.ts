import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Platform } from '../../lib/tenant.ts'
import { type FilterTree, join, type OrderTerm } from '../../search/filter-tree.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { findModelByName } from '../registered-models/registered-model-store.ts'
import { type Candidates, fewestCandidates } from './model-version-candidates.ts'
import { notOfPrompts, type VersionScope, versionCondition } from './model-version-conditions.ts'
import { type ModelVersionView, viewColumns } from './model-version-view.ts'

export interface VersionSearch {
  readonly platform: Platform
  /** Null: every version. */
  readonly tree: FilterTree | null
  /** That the caller may see the model of the version `v`. */
  readonly visible: Condition
  /** Whether versions of models that have a prompt's version are left out. */
  readonly withoutPrompts: boolean
  /** Total: it has name and number in it. */
  readonly order: readonly OrderTerm[]
  readonly after: SortValues | undefined
  readonly limit: number
}

const columns = {
  name: { kind: 'text', column: 'r.name', field: 'name' },
  version_number: { kind: 'integer', column: 'v.version', field: 'version' },
  creation_timestamp: { kind: 'integer', column: 'v.created', field: 'created' },
  last_updated_timestamp: { kind: 'integer', column: 'v.updated', field: 'updated' },
  current_stage: { kind: 'text', column: 'v.stage', field: 'stage' },
} as const

function columnOf({ side }: OrderTerm) {
  return columns[side.key as keyof typeof columns]
}

/** The sort keys of an order, in terms of the version `v` of the model `r`. */
export function versionSortKeys(order: readonly OrderTerm[]): SortKey[] {
  return order.map((term) => {
    const { kind, column } = columnOf(term)
    return { kind, expression: sql.ref(column), descending: term.descending }
  })
}

/** Up to `limit` versions in order, each with the values that it is sorted by. Aliases are not read (as in MLflow). */
export async function findModelVersions(
  db: Database,
  search: VersionSearch,
): Promise<{ readonly row: ModelVersionView; readonly values: SortValues }[]> {
  const { name, rest } = splitName(search.tree)
  const named = name === undefined ? undefined : await findModelByName(db.lookup, search.platform, name)
  if (name !== undefined && named === undefined) return []
  const scope = { engine: db.engine, platform: search.platform, model: named?.model }
  const candidates = await fewestCandidates(db.read, scope, rest)
  const query = pageQuery(scope, { ...search, tree: rest }, candidates)
  const { rows } = await sql<ModelVersionView>`${query}`.execute(db.read)
  return rows.map((row) => ({ row, values: search.order.map((term) => row[columnOf(term).field]) }))
}

/** The name that every version must have, and what else the filter asks. */
function splitName(tree: FilterTree | null): { readonly name: string | undefined; readonly rest: FilterTree | null } {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  for (const term of terms) {
    if (term.type !== 'comparison' || term.side.key !== 'name' || term.side.entity !== 'attribute') continue
    if (term.operator !== '=') continue
    const others = terms.filter((other) => other !== term)
    return { name: String(term.value), rest: join('and', others) }
  }
  return { name: undefined, rest: tree }
}

function pageQuery(
  scope: VersionScope,
  search: VersionSearch,
  candidates: Candidates | undefined,
): RawBuilder<unknown> {
  const { platform, tree, visible, order, after, limit } = search
  const places = [...order.keys()].filter((place) => scope.model === undefined || order[place]?.side.key !== 'name')
  const allKeys = versionSortKeys(order)
  // All versions of one model have the same name; a key that says nothing would keep an index from giving the order.
  const keys = places.map((place) => allKeys[place]!)
  const start =
    after === undefined
      ? always
      : behind(
          keys,
          places.map((place) => after[place]!),
        )
  const conditions: Condition[] = [
    scope.model === undefined ? always : sql`v.model = ${scope.model}`,
    visible,
    search.withoutPrompts ? notOfPrompts(scope) : always,
    tree === null ? always : versionCondition(scope, tree),
    start,
  ]
  return sql`select ${viewColumns(scope.engine, 'without aliases')}
    from ${sourceOf(scope, order, candidates)} where r.tenant = ${platform} and v.tenant = ${platform}
      and ${sql.join(conditions, sql` and `)}
    order by ${orderOf(keys)} limit ${limit}`
}

/**
 * The tables in the order in which they are read, which is that of the answer as far as an index has it. SQLite would rather
 * sort everything than sort what is equal in an index, unless it is told which; PostgreSQL keeps to the order of the tables
 * because of `offset 0`.
 */
function sourceOf(
  { engine, platform, model }: VersionScope,
  order: readonly OrderTerm[],
  candidates: Candidates | undefined,
): RawBuilder<unknown> {
  const first = order[0]?.side.key
  const byName = candidates === undefined && model === undefined && first === 'name'
  if (engine === 'sqlite') {
    const index = candidates === undefined && model === undefined ? walkedIndexes[first ?? ''] : undefined
    const versions =
      index === undefined ? sql`model_versions as v` : sql`model_versions as v indexed by ${sql.ref(index)}`
    if (byName) return sql`registered_models as r cross join model_versions as v on v.model = r.model`
    return candidates === undefined
      ? sql`${versions} cross join registered_models as r on r.model = v.model`
      : sql`(${candidates}) as c cross join model_versions as v on v.model = c.model and v.version = c.version
          cross join registered_models as r on r.model = v.model`
  }
  const modelOf = sql`select m.* from registered_models as m where m.tenant = ${platform} and m.model = v.model offset 0`
  if (byName) {
    return sql`registered_models as r cross join lateral (select w.* from model_versions as w
      where w.tenant = ${platform} and w.model = r.model offset 0) as v`
  }
  return candidates === undefined
    ? sql`model_versions as v cross join lateral (${modelOf}) as r`
    : sql`(${candidates}) as c cross join lateral (select w.* from model_versions as w where w.tenant = ${platform}
        and w.model = c.model and w.version = c.version offset 0) as v cross join lateral (${modelOf}) as r`
}

/** By what an order begins with. */
const walkedIndexes: Readonly<Record<string, string>> = {
  last_updated_timestamp: 'model_versions_updated',
  creation_timestamp: 'model_versions_created',
  version_number: 'model_versions_number',
}
