import pg from 'pg'
import type { DatabaseOptions } from '../../database-options.ts'
import { breaksConnection, postgresError } from './postgres-error.ts'
import { postgresTypes } from './postgres-types.ts'
import { StatementNames } from './statement-names.ts'

/** The pool of one database, with its errors classified and its statements named. */
export class PostgresPool implements AsyncDisposable {
  readonly #pool: pg.Pool
  readonly #names = new StatementNames()

  constructor({ url, log, poolSize }: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'runstead',
      max: poolSize ?? 10,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      types: postgresTypes,
    })
    // An `error` event that nobody listens to ends the process. Whoever uses the connection gets the error as well.
    this.#pool.on('error', (error) => log?.warn({ err: error }, 'An idle database connection was lost'))
    this.#pool.on('connect', (client) => {
      client.on('error', (error) => log?.warn({ err: error }, 'A database connection was lost'))
    })
  }

  /** @throws DriverError */
  async connect(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#names)
    } catch (error) {
      throw postgresError(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}

/** A connection taken out of the pool until disposed. A broken one does not go back. */
export class PostgresConnection implements Disposable {
  readonly #client: pg.PoolClient
  readonly #names: StatementNames
  #broken = false
  #released = false

  constructor(client: pg.PoolClient, names: StatementNames) {
    this.#client = client
    this.#names = names
  }

  get broken(): boolean {
    return this.#broken
  }

  /**
   * Runs one statement.
   *
   * @param naming `constant` for a text that does not vary with the request, `by-use` when that is not known
   * @throws DriverError
   */
  async query(sql: string, parameters: readonly unknown[], naming: 'constant' | 'by-use'): Promise<pg.QueryResult> {
    const name = naming === 'constant' ? this.#names.nameAlways(sql) : this.#names.nameOf(sql)
    const config: pg.QueryConfig = { text: sql, values: parameters as unknown[] }
    return await this.#send(() => this.#client.query(name === undefined ? config : { ...config, name }))
  }

  /**
   * Runs statements without parameters, as one message: transaction control and the schema.
   *
   * @throws DriverError
   */
  async command(sql: string): Promise<void> {
    const answer: pg.QueryResult | pg.QueryResult[] = await this.#send(() => this.#client.query(sql))
    const last = Array.isArray(answer) ? answer.at(-1) : answer
    // PostgreSQL answers the commit of a failed transaction with a rollback and no error.
    if (last?.command === 'ROLLBACK' && /commit$/.test(sql)) {
      throw new Error('The transaction was rolled back: an error inside it was not passed on.')
    }
  }

  /** Closes the connection on disposal instead of giving it back. */
  discard(): void {
    this.#broken = true
  }

  [Symbol.dispose](): void {
    if (this.#released) return
    this.#released = true
    this.#client.release(this.#broken)
  }

  async #send<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send()
    } catch (error) {
      const classified = postgresError(error)
      if (breaksConnection(classified)) this.#broken = true
      throw classified
    }
  }
}
