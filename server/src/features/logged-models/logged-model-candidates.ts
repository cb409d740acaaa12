import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../../db/any-of.ts'
import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import { modelNumber, runNumber } from '../../lib/run-number.ts'
import { valueKey } from '../../lib/value-key.ts'
import type { Comparison, FilterTree, Operator, Scalar } from '../../search/filter-tree.ts'
import { metricCondition } from '../../search/number-condition.ts'
import { type Condition, inTexts, patternPrefix } from '../../search/text-condition.ts'
import { type ModelScope, tableOf } from './logged-model-conditions.ts'

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

/**
 * The models in the index range of a comparison; undefined where no index helps. The range may hold more than the comparison
 * is true for: asking for a column outside the index would make SQLite prefer another one.
 */
function candidatesOf(scope: ModelScope, { side, operator, value }: Comparison): Candidates | undefined {
  if (side.entity === 'attribute') return attributeCandidates(scope, side.key, operator, value)
  const range =
    side.entity === 'metric'
      ? metricOperators.includes(operator)
        ? metricCondition(sql.ref('t.value'), operator, value ?? 0)
        : undefined
      : textRange(scope, 't.value_key', operator, value)
  if (range === undefined) return undefined
  return sql`select t.model from ${sql.table(tableOf(side.entity))} as t
    where t.tenant = ${scope.tenant} and ${inExperiments(scope, 't.experiment')} and t.key = ${side.key} and ${range}`
}

const metricOperators: readonly Operator[] = ['=', '<', '<=', '>', '>=']

function attributeCandidates(
  scope: ModelScope,
  key: string,
  operator: Operator,
  value: Comparison['value'],
): Candidates | undefined {
  const values = (operator === '=' ? [value] : operator === 'IN' ? value : []) as readonly Scalar[]
  const from = sql`select t.model from logged_models as t where t.tenant = ${scope.tenant}`
  if (key === 'name') {
    const range = textRange(scope, 't.name_key', operator, value)
    return range && sql`${from} and ${inExperiments(scope, 't.experiment')} and ${range}`
  }
  if (values.length === 0) return undefined
  if (key === 'model_id') return sql`${from} and ${anyOf(scope.engine, 't.model', numbersOf(values, modelNumber))}`
  if (key !== 'source_run_id') return undefined
  const runs = numbersOf(values, runNumber)
  return runs.length < values.length ? undefined : sql`${from} and ${anyOf(scope.engine, 't.source_run', runs)}`
}

function numbersOf(ids: readonly Scalar[], numberOf: (id: string) => Int64 | undefined): Int64[] {
  return ids.map((id) => numberOf(String(id))).filter((number) => number !== undefined)
}

/** The range of a column with the first characters of a text in which the comparison may be true. */
function textRange(
  { engine }: ModelScope,
  column: string,
  operator: Operator,
  value: Comparison['value'],
): Condition | undefined {
  const key = sql.ref(column)
  if (operator === '=') return sql`${key} = ${valueKey(String(value))}`
  if (operator === 'IN')
    return inTexts(
      engine,
      key,
      (value as readonly Scalar[]).map((text) => valueKey(String(text))),
    )
  if (operator !== 'LIKE') return undefined
  const prefix = valueKey(patternPrefix(String(value)))
  return prefix === '' ? undefined : sql`${key} >= ${prefix} and ${key} < ${`${prefix}\u{10ffff}`}`
}
