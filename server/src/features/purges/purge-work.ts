import type { BlobStore } from '../../blobs/blob-store.ts'
import type { Database } from '../../db/database.ts'

/** With what and for whom the purge job of a process works. */
export interface PurgeWork {
  readonly database: Database
  readonly blobs: BlobStore
  /** Names of the artifact stores beside the main one. */
  readonly storeNames?: readonly string[]
  /** Of its leases. */
  readonly holder: string
  /** Epoch ms. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** The lease of each workspace under which its data is removed. */
export const leaseName = 'purge'
export const leaseMs = 30_000
