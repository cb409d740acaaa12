/** The part of a pino logger that the database uses. */
export interface DatabaseLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** A statement as it was sent to the engine, for tests that check the rules of the schema. */
export interface RecordedStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly handle: 'lookup' | 'read' | 'write' | 'group'
  /** Tenant and running number of the write transaction that the statement belongs to. */
  readonly transaction?: { readonly tenant: number; readonly number: number }
}

export interface DatabaseOptions {
  /**
   * `postgres://…` or `postgresql://…` for PostgreSQL, otherwise the path of a SQLite file (its directory must exist, the
   * file need not).
   */
  readonly url: string
  readonly log?: DatabaseLog
  /** Whether to create or update the schema. Default true; false for a database that is known to be up to date. */
  readonly migrate?: boolean
  /** SQLite: open the file although another process has it open, without its lock. For a short while, see `openBeside`. */
  readonly beside?: boolean
  /** Epoch milliseconds; tests set it. */
  readonly now?: () => number
  /** Called with every statement on its way to the engine, also from within group commits. Costs time: tests only. */
  readonly onStatement?: (statement: RecordedStatement) => void
  /** SQLite: threads that serve `read`, started when they are first needed. Default 2. */
  readonly readerThreads?: number
  /** PostgreSQL: most connections of the pool. Default 10. */
  readonly poolSize?: number
  /** PostgreSQL: how long a statement or transaction is tried again while the server is out of reach. Default 10 s. */
  readonly retryForMs?: number
}
