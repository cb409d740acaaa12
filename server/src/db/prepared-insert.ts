import type { Expression, Insertable } from 'kysely'
import type { Reader, Tx } from './database.ts'
import { type Placeholders, prepared } from './prepared.ts'
import type { Tables } from './tables/tables.ts'

/** Rows up to which a statement is kept for each number of them. */
const mostKept = 16

type Row<Name extends keyof Tables> = Insertable<Tables[Name]>

/** Columns whose values the database works out, from the placeholders of their row's others. */
type Computed<Name extends keyof Tables, Column extends keyof Row<Name>> = {
  readonly [C in Column]: (db: Reader | Tx, row: Placeholders<Omit<Row<Name>, Column>>) => Expression<unknown>
}

/**
 * An INSERT that is compiled once for each number of rows, up to 16 of them. No row at all is no statement.
 *
 * @returns runs it; every row must have the same columns
 */
export function preparedInsert<Name extends keyof Tables, Column extends keyof Row<Name> = never>(
  table: Name,
  computed = {} as Computed<Name, Column>,
): (tx: Tx, rows: readonly Omit<Row<Name>, Column>[]) => Promise<void> {
  const byCount = new Map<number, (tx: Tx, values: Record<string, unknown>) => Promise<unknown>>()
  const compile = (columns: readonly string[], count: number) =>
    prepared((db, p: Record<string, unknown>) => {
      const rows = Array.from({ length: count }, (_, place) => {
        const given = Object.fromEntries(columns.map((column) => [column, p[nameOf(column, place)]]))
        const added = Object.entries(computed as Record<string, (db: Reader | Tx, row: object) => unknown>)
        return { ...given, ...Object.fromEntries(added.map(([column, value]) => [column, value(db, given)])) }
      })
      return (db as Tx).insertInto(table).values(rows as never)
    })
  return async (tx, rows) => {
    const [first] = rows
    if (first === undefined) return
    const columns = Object.keys(first)
    const insert = byCount.get(rows.length) ?? compile(columns, rows.length)
    if (rows.length <= mostKept) byCount.set(rows.length, insert)
    const values: Record<string, unknown> = {}
    rows.forEach((row, place) => {
      for (const column of columns) values[nameOf(column, place)] = (row as Record<string, unknown>)[column]
    })
    await insert(tx, values)
  }
}

function nameOf(column: string, place: number): string {
  return place === 0 ? column : `${column} ${place}`
}
