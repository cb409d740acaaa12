import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Int64 } from '../lib/int64.ts'
import type { Engine } from './database.ts'

/**
 * `column in (…)` for a list of numbers of any length as one parameter, so that the SQL text does not vary with the list.
 *
 * @param column such as `model` or `s.run`
 */
export function anyOf(engine: Engine, column: string, numbers: readonly Int64[]): RawBuilder<SqlBool> {
  const list = numbers.join(',')
  return engine === 'sqlite'
    ? sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${`[${list}]`}))`
    : sql<SqlBool>`${sql.ref(column)} = any(${`{${list}}`}::int8[])`
}
