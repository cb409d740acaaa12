/** A row as the driver gives it: int8 is a plain number while safe and bigint beyond, bytea is a `Uint8Array`. */
export type PostgresRow = Record<string, unknown>

/**
 * A PostgreSQL connection inside one transaction. Statements are named after a hash of their SQL text and prepared once
 * for each connection, so the text must not vary with the data. Parameters are `$1`…; a `Buffer` is sent in the binary
 * format of the parameter's type.
 */
export interface AsyncConnection {
  /** Every row of the answer. */
  query(sql: string, params: readonly unknown[]): Promise<PostgresRow[]>
}
