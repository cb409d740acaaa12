import { type Expression, PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Reader, Tx } from './database.ts'

/** A list of values as the text of one JSON array. */
export type JsonListText<Value> = string & { readonly __values: Value }

/**
 * All values of a column as one list: a tenth of a microsecond cheaper for each than a row, since neither the driver nor
 * the message between threads has to make it. Lists of one statement are in the same order. Texts and 32-bit integers
 * only: other numbers may lose digits on their way.
 *
 * ```ts
 * db.selectFrom('tags').where('run', '=', p.run)
 *   .select(({ ref }) => [jsonList(db, ref('key')).as('keys'), jsonList(db, ref('value')).as('values')])
 * ```
 */
export function jsonList<Value extends string | number>(
  db: Reader | Tx,
  column: Expression<Value>,
): RawBuilder<JsonListText<Value>> {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql`coalesce(json_agg(${column}), '[]')::text`
    : sql`json_group_array(${column})`
}

export function parseJsonList<Value>(text: JsonListText<Value>): Value[] {
  return JSON.parse(text) as Value[]
}
