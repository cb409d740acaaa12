import type { CompiledQuery } from 'kysely'
import type { IngestRecord, IngestResult } from '../../../ingest/ingest-record.ts'
import type { Platform, Tenant } from '../../../lib/tenant.ts'
import type { Database, Reader, Tx } from '../../database.ts'
import type { DatabaseOptions } from '../../database-options.ts'
import { toCallerError } from '../../driver-error.ts'
import { type RunQuery, readerOn, transactionOn } from '../../kysely-handles.ts'
import { migrateSqlite } from '../../migrations/migrate-sqlite.ts'
import { lockFile } from './file-lock.ts'
import { ReaderThreads } from './reader-threads.ts'
import { SharedCommit } from './shared-commit.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { sqliteFlavour } from './sqlite-flavour.ts'
import { rowsOf } from './sqlite-values.ts'
import { type Turn, WriteTurns } from './write-turns.ts'
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
  readonly #turns = new WriteTurns()
  readonly #shared = new SharedCommit()
  #transactions = 0
  #failure: Error | undefined
  #closed: Promise<void> | undefined

  constructor(options: DatabaseOptions, lock: Disposable) {
    this.#options = options
    this.#lock = lock
    const settings = { file: options.url, record: options.onStatement !== undefined }
    const onDeath = (error: Error) => this.#fail(error)
    this.#lookups = new SqliteConnection(options.url, 'reader')
    this.#readers = new ReaderThreads(settings, options.readerThreads ?? 2, onDeath)
    this.#writer = new WriterThread(settings, onDeath)
    this.lookup = readerOn(sqliteFlavour, (query) => this.#runLookup(query))
    this.read = readerOn(sqliteFlavour, (query) => this.#runRead(query))
  }

  /** For tests: the threads, to let them crash. */
  get threads(): { readonly readers: ReaderThreads; readonly writer: WriterThread } {
    return { readers: this.#readers, writer: this.#writer }
  }

  async write<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      const { value, committed } = await this.#transaction(tenant, work)
      await committed
      return value
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async writeGroup(tenant: Tenant, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]> {
    await this.#turns.transactionsBefore()
    try {
      const { results, recorded } = await this.#writer.group(
        tenant,
        batchId,
        records,
        (this.#options.now ?? Date.now)(),
      )
      const { onStatement } = this.#options
      if (onStatement) {
        const transaction = { tenant, number: ++this.#transactions }
        for (const statement of recorded) onStatement({ ...statement, handle: 'group', transaction })
      }
      return results
    } catch (error) {
      throw toCallerError(error)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /**
   * Runs in a savepoint; `committed` resolves when the transaction around it is on disk. Its turn begins with its first
   * statement, so what it has to say first is ready when its turn comes.
   */
  async #transaction<T>(
    tenant: Tenant | Platform,
    work: (tx: Tx) => Promise<T>,
  ): Promise<{ readonly value: T; readonly committed: Promise<void> | undefined }> {
    const transaction = { tenant, number: ++this.#transactions }
    let state: 'not begun' | 'open' | 'over' = 'not begun'
    let turn: Turn | undefined
    let committed: Promise<void> | undefined
    const run: RunQuery = async ({ sql, parameters }) => {
      if (state !== 'over') turn ??= this.#turns.enter()
      await turn?.begun
      if (state === 'over') throw new Error('The transaction is over: a query was not awaited in it.')
      this.#options.onStatement?.({ sql, parameters, handle: 'write', transaction })
      const first = state === 'not begun'
      if (first) committed = this.#shared.join()
      state = 'open'
      const result = await this.#writer.statement({ sql, parameters }, first)
      return { rows: rowsOf(result), numAffectedRows: BigInt(result.changes) }
    }
    let failed = true
    try {
      const value = await work(transactionOn(sqliteFlavour, run, 'in order'))
      failed = false
      return { value, committed }
    } catch (error) {
      if (isOpen() && !this.#failure && !(await this.#writer.rollback())) {
        await this.#shared.end(() => Promise.reject(error))
      }
      throw error
    } finally {
      const begun = isOpen()
      state = 'over'
      if (begun) await this.#end(failed)
      await turn?.end()
    }

    function isOpen(): boolean {
      return state === 'open'
    }
  }

  /** Commits unless another transaction shares the commit. */
  async #end(failed: boolean): Promise<void> {
    if (!failed && !this.#shared.isFull && this.#turns.nextIsTransaction) return
    const ended = this.#shared.end(() => this.#writer.commit())
    // Whoever fails because of what another has written may look for it before the next try: then it must be there.
    // Else the next one need not wait: the writer handles in order what it is sent.
    if (failed) await ended
  }

  async #runLookup({ sql, parameters }: CompiledQuery) {
    if (this.#failure) throw this.#failure
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

  #fail(error: Error): void {
    if (this.#failure) return
    this.#failure = error
    this.#options.log?.error({ err: error }, 'A database thread has died; the database is unavailable until a restart')
    this.#readers.fail(error)
    this.#writer.fail(error)
  }

  async #close(): Promise<void> {
    const turn = this.#turns.enter()
    await turn.begun
    await this.#shared.end(() => this.#writer.commit())
    await this.#readers[Symbol.asyncDispose]()
    this.#lookups[Symbol.dispose]()
    await this.#writer[Symbol.asyncDispose]()
    await turn.end()
    this.#lock[Symbol.dispose]()
  }
}
