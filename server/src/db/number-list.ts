import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Int64 } from '../lib/int64.ts'
import type { Reader, Tx } from './database.ts'

/** A list of numbers as one parameter, so that the statement's text does not depend on how many there are. */
export type NumberListText = string & { readonly __brand: 'number list' }

export function numberListText(numbers: readonly Int64[]): NumberListText {
  return numbers.join(',') as NumberListText
}

/**
 * One row for each number of the list, with its place in it (from 0). It must stand first in FROM, and what follows must
 * come by `crossJoin` and WHERE: SQLite keeps that order, while it would run through the list once for each row of a table
 * that is joined otherwise.
 *
 * ```ts
 * db.selectFrom(numberRows(db, p.runs).as('page')).crossJoin('runs as r')
 *   .where('r.tenant', '=', p.tenant).whereRef('r.run', '=', 'page.number')
 * ```
 */
export function numberRows(
  db: Reader | Tx,
  list: NumberListText,
): RawBuilder<{ readonly place: number; readonly number: Int64 }> {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql`(select ordinality::int4 - 1 as place, u.number from unnest(('{' || ${list} || '}')::int8[])
        with ordinality as u (number, ordinality))`
    : sql`(select key as place, value as number from json_each('[' || ${list} || ']'))`
}
