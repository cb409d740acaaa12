import pg from 'pg'
import { type Int64, toInt64 } from '../../../lib/int64.ts'

const int8 = 20
const int8Array = 1016
const bool = 16

/** How values of the server become JavaScript values: as `pg` does it, but int8 exact. */
export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === int8) return parseInt8
      if (oid === int8Array) return parseInt8Array
      // Flags are 0/1 on both engines; this is for comparisons in a select list, which SQLite answers so.
      if (oid === bool) return (text: string) => (text === 't' ? 1 : 0)
    }
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

function parseInt8(text: string): Int64 {
  return text.length < 16 ? Number(text) : toInt64(text)
}

function parseInt8Array(text: string): (Int64 | null)[] {
  if (text === '{}') return []
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : parseInt8(item)))
}
