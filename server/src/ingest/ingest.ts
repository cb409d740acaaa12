import type { Tenant } from '../lib/tenant.ts'
import type { IngestRecord, Submitted } from './ingest-record.ts'

/** The hot write path: gathers records while the previous commit is on its way and commits them as one group. */
export interface Ingest extends AsyncDisposable {
  /**
   * Resolves when the record is on disk.
   *
   * @param body of the answer, where it is known before the write and not `{}`: a retry token keeps it
   * @returns the run's revision after the write
   * @throws AppError `not-found` / `invalid-parameter` for this record alone; `overloaded` when the queue is full
   */
  submit(tenant: Tenant, record: IngestRecord, body?: unknown): Promise<Submitted>
}
