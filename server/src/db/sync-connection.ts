/** What SQLite can store; flags are 0/1. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** A row as the driver gives it: integers are plain numbers while safe and bigint beyond, blobs are `Uint8Array`. */
export type Row = Record<string, SqlValue>

/**
 * A SQLite connection used from the thread that owns it. Statements are prepared once for each SQL text and kept, so the
 * text must not vary with the data. Parameters are positional (`?` or `?1`). A `number` that is an integer is bound as
 * INTEGER and any other as REAL (NaN cannot be stored: it becomes NULL).
 */
export interface SyncConnection {
  /** Every row of the answer. */
  all(sql: string, params: readonly SqlValue[]): Row[]
  /** The first row, or undefined. */
  get(sql: string, params: readonly SqlValue[]): Row | undefined
  /** Runs a statement for its effect. */
  run(sql: string, params: readonly SqlValue[]): void
  /** Runs statements without parameters and without keeping them prepared. */
  exec(sql: string): void
}
