import type { Kysely, Transaction } from 'kysely'
import type { IngestRecord, IngestResult } from '../ingest/ingest-record.ts'
import type { Platform, Tenant } from '../lib/tenant.ts'
import type { Tables } from './tables/tables.ts'

export type Engine = 'sqlite' | 'postgres'

/** Runs queries, each on its own (no transaction around them). */
export type Reader = Kysely<Tables>

/** A write transaction; reads in it see its own writes. */
export type Tx = Transaction<Tables>

export interface WriteOptions {
  /**
   * That `work` sends all its statements before it looks at an answer (see `together`), and fails only where one of them
   * fails, or where one that answers with rows answers with none: then it must fail. SQLite commits many such transactions
   * at once. Default false.
   */
  readonly atOnce?: boolean
}

/** One open database, with the same behaviour on both engines. */
export interface Database extends AsyncDisposable {
  readonly engine: Engine

  /**
   * For reads that an index bounds to a handful of rows (one run, its tags). On SQLite they run at once on the calling
   * thread, on PostgreSQL on the pool.
   */
  readonly lookup: Reader

  /** For every other read. On SQLite they run on reader threads, so that the calling thread stays free. */
  readonly read: Reader

  /**
   * Runs `work` in one write transaction of one tenant (or one platform, for tables that platforms own) and commits it durably. The whole of `work` may run again after a
   * serialization failure or deadlock, so it must have no effect outside the transaction.
   *
   * @throws AppError thrown by `work` (the transaction is rolled back); `unavailable` when the database is out of reach
   */
  write<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>, options?: WriteOptions): Promise<T>

  /**
   * Commits a group of ingest records of one tenant in one transaction (one fsync). Each record is atomic and fails alone:
   * its place in the answer then holds the error.
   *
   * @param batchId made before the first try; a repeat of a committed group writes nothing
   * @param records applied in order
   */
  writeGroup(tenant: Tenant, batchId: string, records: readonly IngestRecord[]): Promise<IngestResult[]>
}
