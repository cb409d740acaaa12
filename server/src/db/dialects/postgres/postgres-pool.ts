import pg from 'pg'
import type { AsyncConnection, PostgresRow } from '../../async-connection.ts'
import type { DatabaseOptions } from '../../database-options.ts'
import { breaksConnection, postgresError } from './postgres-error.ts'
import { postgresTypes } from './postgres-types.ts'
import { StatementNames } from './statement-names.ts'

/** The pool of one database, with its errors classified and its statements named. */
export class PostgresPool implements AsyncDisposable {
  readonly #pool: pg.Pool
  readonly #names = new StatementNames()
  readonly #connections = new WeakMap<pg.PoolClient, PostgresConnection>()

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
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw postgresError(error)
    }
    let connection = this.#connections.get(client)
    if (!connection) {
      connection = new PostgresConnection(client, this.#names)
      this.#connections.set(client, connection)
    }
    return connection
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}

/**
 * A connection taken out of the pool until disposed; a broken one does not go back. The object stays the same as long as
 * the connection lives, so that what was learnt on it can be kept with it.
 */
export class PostgresConnection implements AsyncConnection, Disposable {
  /** Told about each statement of `query`, until the connection is disposed. */
  onQuery: ((sql: string, parameters: readonly unknown[]) => void) | undefined
  readonly #client: pg.PoolClient
  readonly #names: StatementNames
  #broken = false

  constructor(client: pg.PoolClient, names: StatementNames) {
    this.#client = client
    this.#names = names
  }

  get broken(): boolean {
    return this.#broken
  }

  /** @throws DriverError */
  async query(sql: string, parameters: readonly unknown[]): Promise<PostgresRow[]> {
    this.onQuery?.(sql, parameters)
    return (await this.execute(sql, parameters, this.#names.nameAlways(sql))).rows
  }

  /**
   * Runs one statement, prepared when its text has come often enough.
   *
   * @throws DriverError
   */
  async execute(sql: string, parameters: readonly unknown[], name = this.#names.nameOf(sql)): Promise<pg.QueryResult> {
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
    this.onQuery = undefined
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
