import type { Int64 } from '../lib/int64.ts'
import type { Tenant } from '../lib/tenant.ts'
import type { IngestRecord } from './ingest-record.ts'

/** The hot write path: gathers records while the previous commit is on its way and commits them as one group. */
export interface Ingest extends AsyncDisposable {
  /**
   * Resolves when the record is on disk.
   *
   * @returns the run's revision after the write
   * @throws AppError `not-found` / `invalid-parameter` for this record alone; `overloaded` when the queue is full
   */
  submit(tenant: Tenant, record: IngestRecord): Promise<{ readonly revision: Int64 }>
}
