import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../../db/any-of.ts'
import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import { modelNumber, runNumber } from '../../lib/run-number.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { Comparison, FilterTree, Scalar } from '../../search/filter-tree.ts'
import { type ModelScope, tableOf, valueCondition } from './logged-model-conditions.ts'
import { type Condition, inTexts, patternPrefix, textCondition } from './text-condition.ts'

/** A subquery that gives the model numbers of an index range. */
export type Candidates = RawBuilder<unknown>

/** Up to so many candidates are looked at one by one and sorted; more are met sooner by walking in the order asked for. */
const candidateLimit = 2000

/**
 * Decides who drives a search: the comparison with the fewest candidates, when these are few. Every other comparison is
 * then asked of each candidate. The engines' planners cannot know these numbers.
 */
export async function fewestCandidates(
  db: Reader,
  scope: ModelScope,
  tree: FilterTree | null,
): Promise<Candidates | undefined> {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  const ranges = terms.map((term) => (term.type === 'comparison' ? candidatesOf(scope, term) : undefined))
  const known = ranges.filter((range) => range !== undefined)
  if (known.length === 0) return undefined
  const counts = known.map(
    (range, index) =>
      sql`(select count(*) from (select 1 from (${range}) r limit ${candidateLimit + 1}) c) as ${sql.ref(`c${index}`)}`,
  )
  const { rows } = await sql<Record<string, Int64>>`select ${sql.join(counts)}`.execute(db)
  let best: Candidates | undefined
  let fewest = candidateLimit + 1
  for (const [index, range] of known.entries()) {
    const count = Number(rows[0]?.[`c${index}`])
    if (count < fewest) [best, fewest] = [range, count]
  }
  return best
}

/** `column` is one of the experiments searched. */
export function inExperiments({ engine, experiments }: ModelScope, column: string): Condition {
  const [only] = experiments
  return experiments.length === 1 ? sql`${sql.ref(column)} = ${only}` : anyOf(engine, column, experiments)
}

function candidatesOf(scope: ModelScope, comparison: Comparison): Candidates | undefined {
  const { side, operator, value } = comparison
  if (side.entity === 'attribute') return attributeCandidates(scope, comparison)
  const asked =
    side.entity === 'metric'
      ? ['=', '<', '<=', '>', '>='].includes(operator)
        ? valueCondition(scope, comparison)
        : undefined
      : indexedText(scope, 't.value_key', 't.value', operator, value)
  if (asked === undefined) return undefined
  return sql`select t.model from ${sql.table(tableOf(side.entity))} as t
    where t.tenant = ${scope.tenant} and ${inExperiments(scope, 't.experiment')} and t.key = ${side.key} and ${asked}`
}

function attributeCandidates(scope: ModelScope, { side, operator, value }: Comparison): Candidates | undefined {
  const asked = attributeRange(scope, side.key, operator, value)
  if (asked === undefined) return undefined
  return sql`select t.model from logged_models as t where t.tenant = ${scope.tenant} and ${asked}`
}

function attributeRange(
  scope: ModelScope,
  key: string,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Condition | undefined {
  const values = (operator === '=' ? [value] : operator === 'IN' ? value : []) as readonly Scalar[]
  if (key === 'name') {
    const asked = indexedText(scope, 't.name_key', 't.name', operator, value)
    return asked && sql`${inExperiments(scope, 't.experiment')} and ${asked}`
  }
  if (values.length === 0) return undefined
  if (key === 'model_id') return anyOf(scope.engine, 't.model', numbersOf(values, modelNumber))
  if (key !== 'source_run_id') return undefined
  const runs = numbersOf(values, runNumber)
  return runs.length === values.length ? anyOf(scope.engine, 't.source_run', runs) : undefined
}

function numbersOf(ids: readonly Scalar[], numberOf: (id: string) => Int64 | undefined): Int64[] {
  return ids.map((id) => numberOf(String(id))).filter((number) => number !== undefined)
}

/** A comparison of a text that an index on its first characters answers. */
function indexedText(
  { engine }: ModelScope,
  keyColumn: string,
  column: string,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Condition | undefined {
  const key = sql.ref(keyColumn)
  const exact = textCondition(engine, sql.ref(column), operator, value ?? '')
  if (operator === '=') return sql`${key} = ${valueKey(String(value))} and ${exact}`
  if (operator === 'IN')
    return sql`${inTexts(
      engine,
      key,
      (value as readonly Scalar[]).map((item) => valueKey(String(item))),
    )} and ${exact}`
  if (operator !== 'LIKE') return undefined
  const prefix = valueKey(patternPrefix(String(value)))
  return prefix === '' ? undefined : sql`${key} >= ${prefix} and ${key} < ${`${prefix}\u{10ffff}`} and ${exact}`
}
