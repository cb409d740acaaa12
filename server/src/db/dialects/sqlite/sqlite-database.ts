import type { CompiledQuery } from 'kysely'
import type { IngestRecord, IngestResult } from '../../../ingest/ingest-record.ts'
import type { Platform, Tenant } from '../../../lib/tenant.ts'
import type { Database, Reader, Tx, WriteOptions } from '../../database.ts'
import type { DatabaseOptions } from '../../database-options.ts'
import { DriverError, toCallerError } from '../../driver-error.ts'
import { readerOn } from '../../kysely-handles.ts'
import { migrateSqlite } from '../../migrations/migrate-sqlite.ts'
import { lockFile } from './file-lock.ts'
import { ReaderThreads } from './reader-threads.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { sqliteFlavour } from './sqlite-flavour.ts'
import { WriteTransactions } from './write-transactions.ts'
import { WriterThread } from './writer-thread.ts'

/**
 * Opens a SQLite file and locks it for this process.
 *
 * @throws FileInUse when another server has it open; SchemaTooNew
 */
export function openSqliteDatabase(options: DatabaseOptions): SqliteDatabase {
  const file = options.url
  const lock = options.beside ? { [Symbol.dispose]: () => undefined } : lockFile(file)
  try {
    const now = options.now ?? Date.now
    using writer = new SqliteConnection(file, 'writer')
    if (options.migrate ?? true) migrateSqlite(writer, now(), options.log)
    return new SqliteDatabase(options, lock)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

/** SQLite behind the `Database` port: look-ups on this thread, other reads and all writes on their own threads. */
export class SqliteDatabase implements Database {
  readonly engine = 'sqlite'
  readonly lookup: Reader
  readonly read: Reader
  readonly #options: DatabaseOptions
  readonly #lock: Disposable
  readonly #lookups: SqliteConnection
  readonly #readers: ReaderThreads
  readonly #writer: WriterThread
  readonly #transactions: WriteTransactions
  #closed: Promise<void> | undefined

  constructor(options: DatabaseOptions, lock: Disposable) {
    this.#options = options
    this.#lock = lock
    const settings = { file: options.url, record: options.onStatement !== undefined }
    const onDeath = (err: Error) =>
      options.log?.error(
        { err },
        'A database thread has died; what it was at is tried again or fails, and another goes on',
      )
    this.#lookups = new SqliteConnection(options.url, 'reader')
    this.#readers = new ReaderThreads(settings, options.readerThreads ?? 2, onDeath)
    this.#writer = new WriterThread(settings, onDeath)
    this.#transactions = new WriteTransactions(this.#writer, options.onStatement)
    this.lookup = readerOn(sqliteFlavour, (query) => this.#runLookup(query))
    this.read = readerOn(sqliteFlavour, (query) => this.#runRead(query))
  }

  /** For tests: the threads, to let them crash. */
  get threads(): { readonly readers: ReaderThreads; readonly writer: WriterThread } {
    return { readers: this.#readers, writer: this.#writer }
  }

  async write<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    try {
      return await this.#transactions.run(tenant, work, options)
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async writeGroup(tenant: Tenant, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]> {
    const attempt = () => this.#tryGroup(tenant, batchId, records)
    try {
      return await attempt().catch((error: unknown) => {
        // Whether it was committed is not known, and need not be: a batch is not written twice.
        if (error instanceof DriverError && error.kind === 'unknown') return attempt()
        throw error
      })
    } catch (error) {
      throw toCallerError(error)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #runLookup({ sql, parameters }: CompiledQuery) {
    this.#options.onStatement?.({ sql, parameters, handle: 'lookup' })
    try {
      return { rows: this.#lookups.all(sql, parameters as never) }
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async #runRead({ sql, parameters }: CompiledQuery) {
    this.#options.onStatement?.({ sql, parameters, handle: 'read' })
    try {
      return await this.#readers.run({ sql, parameters })
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async #tryGroup(tenant: Tenant, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]> {
    // Without a wait where there is nothing to wait for: what is sent now is under way while others are answered.
    const before = this.#transactions.before()
    if (before !== undefined) await before
    const now = (this.#options.now ?? Date.now)()
    const { results, recorded } = await this.#writer.group(tenant, batchId, records, now)
    const { onStatement } = this.#options
    if (onStatement) {
      const transaction = { tenant, number: this.#transactions.nextNumber() }
      for (const statement of recorded) onStatement({ ...statement, handle: 'group', transaction })
    }
    return results
  }

  async #close(): Promise<void> {
    await this.#transactions.finish(async () => {
      await this.#readers[Symbol.asyncDispose]()
      this.#lookups[Symbol.dispose]()
      await this.#writer[Symbol.asyncDispose]()
    })
    this.#lock[Symbol.dispose]()
  }
}
