import type { CompiledQuery, QueryResult } from 'kysely'
import { newBatchId } from '../../../ingest/batch-id.ts'
import type { IngestRecord, IngestResult } from '../../../ingest/ingest-record.ts'
import { applyGroup } from '../../../ingest/postgres/apply-group.ts'
import type { Platform, Tenant } from '../../../lib/tenant.ts'
import type { Database, Reader, Tx } from '../../database.ts'
import type { DatabaseOptions, RecordedStatement } from '../../database-options.ts'
import { DriverError, toCallerError } from '../../driver-error.ts'
import { type RunQuery, readerOn, transactionOn } from '../../kysely-handles.ts'
import { migratePostgres } from '../../migrations/migrate-postgres.ts'
import { SchemaTooNew } from '../../migrations/migration.ts'
import { postgresFlavour } from './postgres-flavour.ts'
import { type PostgresConnection, PostgresPool } from './postgres-pool.ts'
import { isOutage, withRetries } from './retries.ts'
import { TenantTurns } from './tenant-turns.ts'

/**
 * Opens a PostgreSQL database; waits for a server that is starting.
 *
 * @throws SchemaTooNew; an error that names the server when it cannot be reached or used
 */
export async function openPostgresDatabase(options: DatabaseOptions): Promise<PostgresDatabase> {
  const pool = new PostgresPool(options)
  try {
    using connection = await withRetries(options.retryForMs ?? defaultRetryForMs, () => pool.connect())
    const run = async (sql: string, params: readonly unknown[] = []) => (await connection.execute(sql, params)).rows
    const [encoding] = await run('show server_encoding')
    if (encoding?.['server_encoding'] !== 'UTF8') {
      throw new Error(`its encoding must be UTF8, not ${encoding?.['server_encoding']}`)
    }
    if (options.migrate ?? true) await migratePostgres(run, (options.now ?? Date.now)(), options.log)
    return new PostgresDatabase(options, pool)
  } catch (error) {
    await pool[Symbol.asyncDispose]()
    if (error instanceof SchemaTooNew) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`The PostgreSQL database ${withoutPassword(options.url)} cannot be used: ${reason}`, {
      cause: error,
    })
  }
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  if (url.password) url.password = '***'
  return url.href
}

const defaultRetryForMs = 10_000

type Transaction = NonNullable<RecordedStatement['transaction']>

/** PostgreSQL behind the `Database` port: a pool for reads, transactions with retries for writes. */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres'
  readonly lookup: Reader
  readonly read: Reader
  readonly #options: DatabaseOptions
  readonly #pool: PostgresPool
  readonly #turns = new TenantTurns()
  readonly #retryForMs: number
  #transactions = 0
  #closed: Promise<void> | undefined

  constructor(options: DatabaseOptions, pool: PostgresPool) {
    this.#options = options
    this.#pool = pool
    this.#retryForMs = options.retryForMs ?? defaultRetryForMs
    this.lookup = readerOn(postgresFlavour, (query) => this.#run(query, 'lookup'))
    this.read = readerOn(postgresFlavour, (query) => this.#run(query, 'read'))
  }

  /**
   * Interactive transactions are serializable, so that `work` may read and then decide as on SQLite. Each writes a batch
   * id in the statement that commits it: after an unknown outcome the id tells whether the commit happened.
   */
  async write<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>): Promise<T> {
    const batchId = newBatchId(Date.now())
    let uncertain: { readonly value: T } | undefined
    const attempt = async () => {
      let made: { readonly value: T } | undefined
      try {
        if (uncertain && (await this.#isCommitted(tenant, batchId))) return uncertain.value
        return await this.#transaction(tenant, batchId, work, (value) => {
          made = { value }
        })
      } catch (error) {
        if (isOutage(error)) uncertain ??= made
        // An earlier try may have been committing until now, and this one has met what it wrote.
        else if (uncertain && (await this.#isCommitted(tenant, batchId))) return uncertain.value
        throw error
      }
    }
    try {
      return await this.#inTurn(tenant, attempt)
    } catch (error) {
      throw toCallerError(error)
    }
  }

  async writeGroup(tenant: Tenant, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]> {
    const now = (this.#options.now ?? Date.now)()
    try {
      return await this.#inTurn(tenant, async () => {
        using connection = await this.#pool.connect()
        const transaction = { tenant, number: ++this.#transactions }
        if (this.#options.onStatement) {
          connection.onQuery = (sql, parameters) => this.#record({ sql, parameters }, 'group', transaction)
        }
        return await inTransaction(connection, 'begin', 'commit', () =>
          applyGroup(connection, tenant, batchId, records, now),
        )
      })
    } catch (error) {
      throw toCallerError(error)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#pool[Symbol.asyncDispose]()
    return this.#closed
  }

  /** Runs an attempt until it succeeds; after a conflict alone among those of the tenant that try again. */
  #inTurn<T>(tenant: Tenant | Platform, attempt: () => Promise<T>): Promise<T> {
    return withRetries(this.#retryForMs, (afterConflict) =>
      afterConflict ? this.#turns.alone(tenant, attempt) : this.#turns.after(tenant, attempt),
    )
  }

  async #transaction<T>(
    tenant: Tenant | Platform,
    batchId: string,
    work: (tx: Tx) => Promise<T>,
    committing: (value: T) => void,
  ): Promise<T> {
    using connection = await this.#pool.connect()
    const transaction = { tenant, number: ++this.#transactions }
    let over = false
    const run: RunQuery = async (query) => {
      if (over) throw new Error('The transaction is over: a query was not awaited in it.')
      this.#record(query, 'write', transaction)
      return await queryResult(connection, query)
    }
    const tx = transactionOn(postgresFlavour, run, 'one by one')
    // One message for both: the batch id costs no round trip. Neither value can hold a quote.
    const commit = `insert into ingest_batches (tenant, batch_id, at) values (${Number(tenant)}, '${batchId}', ${Date.now()}); commit`
    return await inTransaction(connection, 'begin isolation level serializable', commit, async () => {
      try {
        const value = await work(tx)
        committing(value)
        return value
      } finally {
        over = true
      }
    })
  }

  async #isCommitted(tenant: Tenant | Platform, batchId: string): Promise<boolean> {
    using connection = await this.#pool.connect()
    const found = await connection.query('select 1 from ingest_batches where tenant = $1 and batch_id = $2', [
      tenant,
      batchId,
    ])
    return found.length > 0
  }

  async #run(query: CompiledQuery, handle: 'lookup' | 'read'): Promise<QueryResult<unknown>> {
    this.#record(query, handle)
    try {
      return await withRetries(this.#retryForMs, async () => {
        using connection = await this.#pool.connect()
        return await queryResult(connection, query)
      })
    } catch (error) {
      throw toCallerError(error)
    }
  }

  #record(
    { sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>,
    handle: RecordedStatement['handle'],
    transaction?: Transaction,
  ): void {
    this.#options.onStatement?.({ sql, parameters, handle, ...(transaction ? { transaction } : {}) })
  }
}

async function queryResult(
  connection: PostgresConnection,
  { sql, parameters }: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const { rows, rowCount } = await connection.execute(sql, parameters)
  return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
}

/**
 * Runs `work` between `begin` and `commit`. A connection that breaks before `commit` was sent has certainly not committed:
 * that comes out as `unreachable`, and only a break during `commit` as `unknown`.
 */
async function inTransaction<T>(
  connection: PostgresConnection,
  begin: string,
  commit: string,
  work: () => Promise<T>,
): Promise<T> {
  let value: T
  try {
    await connection.command(begin)
    value = await work()
  } catch (error) {
    if (!connection.broken) await connection.command('rollback').catch(() => connection.discard())
    if (error instanceof DriverError && error.kind === 'unknown') throw new DriverError('unreachable', error)
    throw error
  }
  try {
    await connection.command(commit)
  } catch (error) {
    if (!connection.broken) await connection.command('rollback').catch(() => connection.discard())
    throw error
  }
  return value
}
