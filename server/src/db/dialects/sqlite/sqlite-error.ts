import { DriverError, type DriverErrorKind } from '../../driver-error.ts'

/** Classifies an error of node:sqlite by SQLite's result code (https://sqlite.org/rescode.html). */
export function sqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  return new DriverError(kindOf(error.errcode), error)
}

function kindOf(code: number): DriverErrorKind {
  // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
  if (code === 1555 || code === 2067) return 'unique'
  switch (code & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return 'conflict'
    case 7: // SQLITE_NOMEM
    case 8: // SQLITE_READONLY
    case 10: // SQLITE_IOERR
    case 13: // SQLITE_FULL
    case 14: // SQLITE_CANTOPEN
      return 'exhausted'
    default:
      return 'other'
  }
}
