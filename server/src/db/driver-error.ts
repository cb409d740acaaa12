import { AppError } from '../errors/app-error.ts'
import { unavailable } from '../errors/errors.ts'

/**
 * What a failed statement means for its caller:
 *
 * - `conflict`: rolled back because of a neighbour; running the transaction again is safe and promising
 * - `unreachable`: nothing was done, the server cannot be reached or takes no writes for now; safe to run again
 * - `unknown`: the connection broke; a COMMIT that was under way may or may not have happened
 * - `exhausted`: no time, disk or permission left; running again at once would end the same way
 * - `unique`: a unique constraint refused the row
 * - `invalid-text`: the engine cannot store the text (PostgreSQL: a NUL character)
 * - `other`: a mistake of ours
 */
export type DriverErrorKind = 'conflict' | 'unreachable' | 'unknown' | 'exhausted' | 'unique' | 'invalid-text' | 'other'

/** An error of a database driver, classified. The message is for the log, not for clients. */
export class DriverError extends Error {
  readonly kind: DriverErrorKind

  constructor(kind: DriverErrorKind, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'DriverError'
    this.kind = kind
  }
}

/** Whether a statement failed because its row exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DriverError && error.kind === 'unique'
}

/** What the caller of the database gets: an `AppError` where the client can do something about it, else the same error. */
export function toCallerError(error: unknown): unknown {
  if (!(error instanceof DriverError)) return error
  switch (error.kind) {
    case 'conflict':
    case 'unreachable':
    case 'unknown':
    case 'exhausted':
      return unavailable('The database is not available at the moment. Try again later.', error)
    case 'invalid-text':
      return new AppError(
        'invalid-parameter',
        'A text value contains a NUL character, which cannot be stored.',
        {},
        error,
      )
    case 'unique':
    case 'other':
      return error
  }
}
