import { randomUUID } from 'node:crypto'
import type { BlobStore } from '../../blobs/blob-store.ts'
import type { Database } from '../../db/database.ts'
import { holdLease, type Lease, takeLease } from '../../db/lease.ts'
import { type RepeatingJob, startRepeatingJob } from '../../lib/repeating-job.ts'
import { type Platform, platformOf, type Tenant, tenantOf } from '../../lib/tenant.ts'
import { artifactKey, isProxied, pathBelowUri } from '../artifacts/artifact-location.ts'
import { forgetOldOperations } from '../async-operations/async-operation-store.ts'
import { finishStageChange } from '../experiments/run-stages.ts'
import { finishPurge, type PurgeRow, removeSomeRows } from './purge-store.ts'
import { leaseMs, leaseName, type PurgeWork } from './purge-work.ts'
import { removeDeletedWorkspaces } from './workspace-purge.ts'

export interface PurgeJobOptions {
  readonly database: Database
  readonly blobs: BlobStore
  /** Names of the artifact stores beside the main one. Default none. */
  readonly storeNames?: readonly string[]
  /** Wait between looks at the work lists, ms. Default 2,000. */
  readonly intervalMs?: number
  /** Told about a look that failed; the next one tries again. */
  readonly onError?: (error: unknown) => void
  /** Epoch ms. */
  readonly now?: () => number
}

const purgesAtOnce = 100

/** How often old asynchronous operations are looked for, ms. */
const forgetEveryMs = 60 * 60_000

/**
 * Starts the job of this process that removes what was deleted for good and what is no longer kept. One process at a time works
 * for a workspace (a lease says which); one that dies is followed by another, which goes on with the same work list.
 */
export function startPurgeJob(options: PurgeJobOptions): RepeatingJob {
  const { database, intervalMs = 2000, onError, now = Date.now } = options
  const holder = randomUUID()
  let forgotten = Number.NEGATIVE_INFINITY
  const emptied = new Set<Tenant>()
  const forgetOperations = async (platforms: readonly Platform[]): Promise<void> => {
    if (now() - forgotten < forgetEveryMs) return
    forgotten = now()
    for (const platform of platforms) await forgetOldOperations(database, platform, now())
  }
  return startRepeatingJob({
    intervalMs,
    onError,
    look: async (signal) => {
      const work = { ...options, holder, now, signal }
      const workspaces = await database.lookup.selectFrom('workspaces').select('tenant').execute()
      for (const { tenant } of workspaces) if (!signal.aborted) await purgeWorkspace(work, tenantOf(tenant))
      const rows = await database.lookup.selectFrom('platforms').select('platform').execute()
      const platforms = rows.map(({ platform }) => platformOf(platform))
      for (const platform of platforms) await removeDeletedWorkspaces(work, platform, emptied)
      await forgetOperations(platforms)
    },
  })
}

async function purgeWorkspace(work: PurgeWork, tenant: Tenant): Promise<void> {
  const { database, holder, now, signal } = work
  let due = await duePurges(database, tenant)
  if (due.length === 0) return
  const lease = await takeLease(database, tenant, { name: leaseName, holder }, now(), leaseMs)
  if (lease === undefined) return
  while (due.length > 0 && !signal.aborted) {
    for (const purge of due) if (!signal.aborted) await carryOut(work, tenant, lease, purge)
    due = await duePurges(database, tenant)
  }
}

/** Removes rows in bounded transactions, then artifacts, then the entry itself: whatever comes between is done again. */
async function carryOut(work: PurgeWork, tenant: Tenant, lease: Lease, purge: PurgeRow): Promise<void> {
  const { database, blobs, now, signal } = work
  if (purge.kind === 'experiment-deleted' || purge.kind === 'experiment-restored') {
    const deleted = purge.kind === 'experiment-deleted' ? 1 : 0
    await finishStageChange(database, tenant, { experiment: purge.subject, deleted, at: purge.since })
    return
  }
  for (let finished = false; !finished; ) {
    if (signal.aborted) return
    finished = await database.write(tenant, async (tx) => {
      await holdLease(tx, tenant, lease, now() + leaseMs)
      return removeSomeRows(tx, tenant, purge)
    })
  }
  await removeArtifacts(blobs, tenant, purge.artifact_uri)
  await database.write(tenant, (tx) => finishPurge(tx, tenant, purge))
}

/** Artifacts outside this server's store belong to whoever has put them there. */
async function removeArtifacts(blobs: BlobStore, tenant: Tenant, uri: string | null): Promise<void> {
  if (uri === null || !isProxied(uri)) return
  const path = pathBelowUri(uri, '')
  if (path !== '') await blobs.remove(artifactKey(tenant, path))
}

function duePurges(database: Database, tenant: Tenant): Promise<PurgeRow[]> {
  return database.lookup
    .selectFrom('purges')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('purge')
    .limit(purgesAtOnce)
    .execute()
}
