import { toInt64 } from '../../../lib/int64.ts'
import type { Row, SqlValue } from '../../sync-connection.ts'

/** What a statement has answered. */
export interface StatementAnswer {
  readonly columns: readonly string[]
  /** The values of each row, in the order of the columns. */
  readonly rows: readonly (readonly SqlValue[])[]
  /** Rows that a statement without answer changed. */
  readonly changes: number
}

/**
 * What node:sqlite is given for a parameter. It binds every JavaScript number as REAL, so integers go as bigint: an
 * expression such as `revision + ?` must stay in integer arithmetic.
 */
export function toBoundValue(value: unknown): SqlValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  checkBindable(value)
  return value
}

/** @throws TypeError for what cannot be a parameter */
export function checkBindable(value: unknown): asserts value is SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || value === null || typeof value === 'bigint') return
  if (value instanceof Uint8Array) return
  throw new TypeError(`A ${typeof value} cannot be a SQLite parameter.`)
}

/** Narrows what node:sqlite read as bigint. */
export function narrowed(value: SqlValue): SqlValue {
  return typeof value === 'bigint' ? toInt64(value) : value
}

/** Rows as objects. */
export function rowsOf({ columns, rows }: Pick<StatementAnswer, 'columns' | 'rows'>): Row[] {
  return rows.map((values) => {
    const row: Row = {}
    for (let column = 0; column < columns.length; column++) row[columns[column]!] = values[column]!
    return row
  })
}
