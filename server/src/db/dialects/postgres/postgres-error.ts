import { DriverError, type DriverErrorKind } from '../../driver-error.ts'

/** SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or Node error code -> class. */
const kinds: Readonly<Record<string, DriverErrorKind>> = {
  '40001': 'conflict', // serialization_failure
  '40P01': 'conflict', // deadlock_detected
  '55P03': 'conflict', // lock_not_available
  '57P03': 'unreachable', // cannot_connect_now
  '57P02': 'unreachable', // crash_shutdown
  '53200': 'unreachable', // out_of_memory
  '53300': 'unreachable', // too_many_connections
  '53400': 'unreachable', // configuration_limit_exceeded
  '25006': 'unreachable', // read_only_sql_transaction: a standby, after a switch-over
  '08001': 'unreachable',
  '08004': 'unreachable',
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ENOENT: 'unreachable', // a Unix socket that is not there
  '57P01': 'unknown', // admin_shutdown, pg_terminate_backend
  '08003': 'unknown',
  '08006': 'unknown',
  '40003': 'unknown', // statement_completion_unknown
  '58030': 'unknown', // io_error
  ECONNRESET: 'unknown',
  EPIPE: 'unknown',
  ETIMEDOUT: 'unknown',
  '57014': 'exhausted', // query_canceled: statement_timeout
  '53100': 'exhausted', // disk_full
  '23505': 'unique',
  '22021': 'invalid-text', // character_not_in_repertoire: NUL
  '22P05': 'invalid-text',
}

/** Errors that `pg` makes itself carry no code. */
const messages: readonly (readonly [RegExp, DriverErrorKind])[] = [
  [/timeout (expired|exceeded when trying to connect)|Connection terminated due to connection timeout/, 'unreachable'],
  [/Query read timeout|Connection terminated|connection error and is not queryable/, 'unknown'],
]

/** Classifies an error of `pg`. */
export function postgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DriverError) return error
  const code = 'code' in error ? String(error.code) : ''
  const kind = kinds[code] ?? messages.find(([text]) => text.test(error.message))?.[1]
  if (kind) return new DriverError(kind, error)
  return isFromServer(error) ? new DriverError('other', error) : error
}

/** Whether the connection must not be used again after this error. */
export function breaksConnection(error: unknown): boolean {
  return error instanceof DriverError && (error.kind === 'unreachable' || error.kind === 'unknown')
}

function isFromServer(error: Error): boolean {
  return 'severity' in error
}
