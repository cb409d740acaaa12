import {
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type DialectAdapter,
  type Driver,
  DummyDriver,
  Kysely,
  type QueryCompiler,
  type QueryResult,
  SingleConnectionProvider,
  Transaction,
} from 'kysely'
import type { Reader, Tx } from './database.ts'
import type { Tables } from './tables/tables.ts'

/** How Kysely writes SQL for an engine. */
export interface SqlFlavour {
  readonly adapter: DialectAdapter
  readonly compiler: QueryCompiler
}

/** Runs one compiled query. */
export type RunQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>

/** A Kysely handle whose queries all go to `run`, as many at a time as there are. */
export function readerOn(flavour: SqlFlavour, run: RunQuery): Reader {
  return new Kysely<Tables>(propsOf(flavour, sharedConnection(run)))
}

/**
 * A Kysely transaction whose queries go to `run`; begin and commit are the caller's part.
 *
 * @param queries what happens to one that is made while others are under way: `one by one` it waits for their answers;
 *   `in order` it follows them at once, for a `run` that keeps the order
 */
export function transactionOn(flavour: SqlFlavour, run: RunQuery, queries: 'one by one' | 'in order'): Tx {
  const provider = queries === 'in order' ? sharedConnection(run) : new SingleConnectionProvider(connectionOn(run))
  return new Transaction<Tables>(propsOf(flavour, provider))
}

function sharedConnection(run: RunQuery): ConnectionProvider {
  const connection = connectionOn(run)
  return { provideConnection: (consumer) => consumer(connection) }
}

function connectionOn(run: RunQuery): DatabaseConnection {
  return {
    executeQuery: run as DatabaseConnection['executeQuery'],
    streamQuery() {
      throw new Error('Streaming queries are not offered: read in keyset pages.')
    },
  }
}

function propsOf(flavour: SqlFlavour, provider: ConnectionProvider) {
  const driver = new PassiveDriver()
  const dialect: Dialect = {
    createAdapter: () => flavour.adapter,
    createDriver: () => driver,
    createQueryCompiler: () => flavour.compiler,
    createIntrospector() {
      throw new Error('Introspection is not offered.')
    },
  }
  const executor = new DefaultQueryExecutor(flavour.compiler, flavour.adapter, provider)
  return { config: { dialect }, dialect, driver, executor }
}

/** Takes the place of Kysely's driver: connections and transactions are made by the `Database`. */
class PassiveDriver extends DummyDriver implements Driver {
  override beginTransaction(): Promise<void> {
    throw new Error('Transactions are made by Database.write.')
  }
}
