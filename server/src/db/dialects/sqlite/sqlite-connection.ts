import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Row, SqlValue, SyncConnection } from '../../sync-connection.ts'
import { sqliteError } from './sqlite-error.ts'
import { narrowed, rowsOf, type StatementAnswer, toBoundValue } from './sqlite-values.ts'

/** Most statements kept prepared on one connection. */
const maxPrepared = 256

interface Prepared {
  readonly statement: StatementSync
  readonly columns: readonly string[]
  /** Whether running it twice is harmless, which lets integers be read the fast way first. */
  readonly repeatable: boolean
  bigints: boolean
}

/**
 * One SQLite connection with its prepared statements.
 *
 * Integers are read as numbers as long as they all are safe ones; a statement that has once met a greater one reads
 * bigints from then on and narrows them, which is a quarter slower.
 */
export class SqliteConnection implements SyncConnection, Disposable {
  readonly #database: DatabaseSync
  readonly #readOnly: boolean
  readonly #prepared = new Map<string, Prepared>()

  constructor(file: string, role: 'writer' | 'reader') {
    this.#readOnly = role === 'reader'
    this.#database = new DatabaseSync(file, {
      readOnly: this.#readOnly,
      timeout: 10_000,
      enableForeignKeyConstraints: false,
    })
    this.#database.exec(role === 'writer' ? writerPragmas : readerPragmas)
  }

  /** Whether a transaction is open. */
  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  all(sql: string, params: readonly SqlValue[]): Row[] {
    return rowsOf(this.query(sql, params))
  }

  get(sql: string, params: readonly SqlValue[]): Row | undefined {
    return this.all(sql, params)[0]
  }

  run(sql: string, params: readonly SqlValue[]): void {
    this.query(sql, params)
  }

  exec(sql: string): void {
    try {
      this.#database.exec(sql)
    } catch (error) {
      throw sqliteError(error)
    }
  }

  /**
   * Runs a statement and gives its answer.
   *
   * @throws DriverError
   */
  query(sql: string, params: readonly unknown[]): StatementAnswer {
    try {
      const prepared = this.#prepare(sql)
      const bound = params.map(toBoundValue)
      if (prepared.columns.length === 0) {
        const { changes } = prepared.statement.run(...bound)
        return { columns: prepared.columns, rows: [], changes: Number(changes) }
      }
      return { columns: prepared.columns, rows: readAll(prepared, bound), changes: 0 }
    } catch (error) {
      throw sqliteError(error)
    }
  }

  [Symbol.dispose](): void {
    this.#prepared.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    const columns = statement.columns().map((column) => column.name)
    const repeatable = this.#readOnly || /^\s*select\b/i.test(sql)
    statement.setReturnArrays(true)
    statement.setReadBigInts(!repeatable)
    const prepared = { statement, columns, repeatable, bigints: !repeatable }
    this.#prepared.set(sql, prepared)
    if (this.#prepared.size > maxPrepared) {
      const oldest = this.#prepared.keys().next()
      if (!oldest.done) this.#prepared.delete(oldest.value)
    }
    return prepared
  }
}

/** The one unsafe integer that node:sqlite hands out as a number without complaint, because it has no absolute value. */
const leastInt64 = -(2 ** 63)

function readAll(prepared: Prepared, bound: readonly SqlValue[]): SqlValue[][] {
  if (!prepared.bigints) {
    try {
      const rows = prepared.statement.all(...bound) as unknown as SqlValue[][]
      if (!rows.some((row) => row.includes(leastInt64))) return rows
    } catch (error) {
      if (!isIntegerTooGreat(error)) throw error
    }
    prepared.bigints = true
    prepared.statement.setReadBigInts(true)
  }
  const rows = prepared.statement.all(...bound) as unknown as SqlValue[][]
  return rows.map((row) => row.map(narrowed))
}

function isIntegerTooGreat(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
}

/**
 * `synchronous = full`: a commit returns when the WAL is on disk. Caches are in KiB and small, because the operating
 * system keeps the file in memory anyway. Not mapped into memory: measured, that makes look-ups in a file of 90 MB a
 * quarter faster, but every connection that has read it then counts as 90 MB more of the process.
 */
const writerPragmas = `pragma temp_store = memory; pragma journal_mode = wal; pragma synchronous = full;
  pragma cache_size = -16384; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864;`
const readerPragmas = `pragma temp_store = memory; pragma query_only = on; pragma cache_size = -8192;`
