import type { RecordedStatement } from '../db/database-options.ts'
import { DriverError } from '../db/driver-error.ts'

/**
 * `RUNSTEAD_TEST_POSTGRES=strict` runs the tests as on a database that is always serializable, such as CockroachDB: that
 * is the default isolation of every transaction, and every other transaction fails with a conflict at its first statement.
 */
export const strictPostgres = process.env['RUNSTEAD_TEST_POSTGRES'] === 'strict'

/** A statement hook that lets every other write transaction fail with a conflict before its first statement. */
export function everyOtherConflicts(): (statement: RecordedStatement) => void {
  const seen = new Set<number>()
  return ({ transaction }) => {
    if (!transaction || seen.has(transaction.number)) return
    seen.add(transaction.number)
    if (seen.size % 2 === 1) throw new DriverError('conflict', new Error('forced serialization failure'))
  }
}
