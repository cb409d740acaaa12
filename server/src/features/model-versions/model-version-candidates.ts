import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { Comparison, FilterTree } from '../../search/filter-tree.ts'
import { always, type Condition, inTexts, patternPrefix, textCondition } from '../../search/text-condition.ts'
import type { VersionScope } from './model-version-conditions.ts'

/** A subquery that gives the models and version numbers of an index range. */
export type Candidates = RawBuilder<unknown>

/** Up to so many candidates are looked at one by one and sorted; more are met sooner by walking in the order asked for. */
const candidateLimit = 2_000

/**
 * The versions of the clause that leaves the fewest, if those are few. Each is counted up to the limit, all at once: the
 * engines' planners do not know how many rows a value has.
 */
export async function fewestCandidates(
  db: Reader,
  scope: VersionScope,
  tree: FilterTree | null,
): Promise<Candidates | undefined> {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  const ranges = terms
    .map((term) => (term.type === 'comparison' ? candidatesOf(scope, term) : undefined))
    .filter((range) => range !== undefined)
  if (ranges.length === 0) return undefined
  const counts = ranges.map(
    (range, index) =>
      sql`(select count(*) from (select 1 from (${range}) r limit ${candidateLimit + 1}) c) as ${sql.ref(`c${index}`)}`,
  )
  const { rows } = await sql<Record<string, Int64>>`select ${sql.join(counts)}`.execute(db)
  const numbers = ranges.map((_, index) => Number(rows[0]?.[`c${index}`]))
  const fewest = Math.min(...numbers)
  return fewest > candidateLimit ? undefined : ranges[numbers.indexOf(fewest)]
}

/** The range may hold a few versions for which the comparison is not true. */
function candidatesOf(scope: VersionScope, { side, operator, value }: Comparison): Candidates | undefined {
  const { platform } = scope
  const ofModel: Condition = scope.model === undefined ? always : sql`t.model = ${scope.model}`
  const rangeOn = (column: string, whole: boolean) => textRange(scope, column, whole, operator, value)
  if (side.entity === 'tag') {
    const range = rangeOn('t.value_key', false) ?? (operator === 'IS NULL' ? undefined : always)
    return (
      range &&
      sql`select t.model, t.version from model_version_tags as t
      where t.tenant = ${platform} and t.key = ${side.key} and ${range} and ${ofModel}`
    )
  }
  if (side.key === 'name') {
    if (scope.model !== undefined || operator === 'IS NULL') return undefined
    // Names are few beside versions: looking at each costs little, whatever is asked of them.
    const range = rangeOn('m.name', true) ?? textCondition(scope.engine, sql.ref('m.name'), operator, value ?? '')
    return sql`select t.model, t.version from registered_models as m cross join model_versions as t
      where m.tenant = ${platform} and ${range} and t.tenant = ${platform} and t.model = m.model`
  }
  const range =
    side.key === 'run_id'
      ? rangeOn('t.run_id', true)
      : side.key === 'source_path'
        ? rangeOn('t.source_key', false)
        : undefined
  return (
    range &&
    sql`select t.model, t.version from model_versions as t
    where t.tenant = ${platform} and ${range} and ${ofModel}`
  )
}

/** @param whole whether the column has the whole text, not only its first characters */
function textRange(
  { engine }: VersionScope,
  column: string,
  whole: boolean,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Condition | undefined {
  const shortened = (text: unknown) => (whole ? String(text) : valueKey(String(text)))
  const key = sql.ref(column)
  if (operator === '=') return sql`${key} = ${shortened(value)}`
  if (operator === 'IN') return inTexts(engine, key, (value as readonly string[]).map(shortened))
  if (operator !== 'LIKE') return undefined
  const start = shortened(patternPrefix(String(value)))
  return start === '' ? undefined : sql`${key} >= ${start} and ${key} < ${`${start}\u{10ffff}`}`
}
