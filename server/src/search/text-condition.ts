import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Engine } from '../db/database.ts'
import { invalidParameter } from '../errors/errors.ts'
import type { Operator, Scalar } from './filter-tree.ts'

export type Condition = RawBuilder<SqlBool>

export const always: Condition = sql<SqlBool>`1 = 1`
export const never: Condition = sql<SqlBool>`1 = 0`

/** Longer patterns are refused by SQLite. */
const patternLimit = 10_000

/** A comparison of a text that is there. LIKE minds case, ILIKE minds it for nothing but ASCII letters. */
export function textCondition(
  engine: Engine,
  left: RawBuilder<unknown>,
  operator: Operator,
  value: Scalar | readonly Scalar[],
): Condition {
  switch (operator) {
    case '=':
      return sql`${left} = ${String(value)}`
    case '!=':
      return sql`${left} <> ${String(value)}`
    case 'IN':
      return inTexts(engine, left, value as readonly Scalar[])
    case 'NOT IN':
      return sql`not (${inTexts(engine, left, value as readonly Scalar[])})`
    case 'LIKE':
    case 'ILIKE':
      return likePattern(engine, left, String(value), operator === 'ILIKE')
    case 'IS NULL':
      return never
    case 'IS NOT NULL':
      return always
    default:
      throw invalidParameter(`Texts cannot be compared with '${operator}'.`)
  }
}

/** `left in (…)` with the list as one parameter, so that the SQL text does not vary with its length. */
export function inTexts(engine: Engine, left: RawBuilder<unknown>, values: readonly Scalar[]): Condition {
  const texts = values.map(String)
  return engine === 'sqlite'
    ? sql`${left} in (select value from json_each(${JSON.stringify(texts)}))`
    : sql`${left} = any(${texts}::text[])`
}

/** The characters before the first wildcard. */
export function patternPrefix(pattern: string): string {
  return /^[^%_]*/.exec(pattern)?.[0] ?? ''
}

function likePattern(engine: Engine, left: RawBuilder<unknown>, pattern: string, ignoreCase: boolean): Condition {
  if (pattern.length > patternLimit) throw invalidParameter('The pattern behind LIKE or ILIKE is too long.')
  if (engine === 'postgres') {
    return ignoreCase ? sql`${left} ilike ${pattern} escape ''` : sql`${left} like ${pattern} escape ''`
  }
  return ignoreCase ? sql`${left} like ${pattern}` : sql`${left} glob ${globPattern(pattern)}`
}

/** SQLite's LIKE ignores case; GLOB does not. */
function globPattern(pattern: string): string {
  return pattern.replace(/[*?[%_]/g, (character) =>
    character === '%' ? '*' : character === '_' ? '?' : `[${character}]`,
  )
}
