import { toInt64 } from '../../../lib/int64.ts'
import type { Row, SqlValue } from '../../sync-connection.ts'

/** An answer as it travels between threads: values row by row in one flat list. */
export interface FlatResult {
  readonly columns: readonly string[]
  readonly values: readonly SqlValue[]
  /** Rows that a statement without answer changed. */
  readonly changes: number
}

/**
 * What node:sqlite is given for a parameter. It binds every JavaScript number as REAL, so integers go as bigint: an
 * expression such as `revision + ?` must stay in integer arithmetic.
 */
export function toBoundValue(value: unknown): SqlValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'string' || value === null || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`A ${typeof value} cannot be a SQLite parameter.`)
}

/** Narrows what node:sqlite read as bigint. */
export function narrowed(value: SqlValue): SqlValue {
  return typeof value === 'bigint' ? toInt64(value) : value
}

/** Rows as objects. */
export function rowsOf(result: FlatResult): Row[] {
  const { columns, values } = result
  const width = columns.length
  const rows: Row[] = []
  for (let start = 0; start < values.length; start += width) {
    const row: Row = {}
    for (let column = 0; column < width; column++) row[columns[column]!] = values[start + column]!
    rows.push(row)
  }
  return rows
}
