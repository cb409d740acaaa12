import { holdLease, takeLease } from '../../db/lease.ts'
import { type Platform, platformOf, type Tenant, tenantOf } from '../../lib/tenant.ts'
import { artifactKey } from '../artifacts/artifact-location.ts'
import { leaseMs, leaseName, type PurgeWork } from './purge-work.ts'
import {
  closeWorkspace,
  dueWorkspacePurges,
  finishWorkspacePurge,
  removeSomeOfWorkspace,
  type WorkspacePurge,
} from './workspace-purge-store.ts'

/**
 * Longer than anything goes on that was under way when a workspace was deleted, ms. What such requests have still written is
 * removed then, and the workspace is off the work list.
 */
const settledAfterMs = 60 * 60_000

/**
 * Removes the data of a platform's deleted workspaces: at once, and once more when nothing can come any more. Whatever is
 * broken off is done again.
 *
 * @param emptied the workspaces that wait for the second time; kept from call to call
 */
export async function removeDeletedWorkspaces(
  work: PurgeWork,
  platform: Platform,
  emptied: Set<Tenant>,
): Promise<void> {
  for (const purge of await dueWorkspacePurges(work.database.lookup, platform)) {
    const workspace = tenantOf(purge.workspace)
    const settled = work.now() - Number(purge.since) >= settledAfterMs
    if (work.signal.aborted) return
    if (emptied.has(workspace) && !settled) continue
    if (!(await isDeleted(work, purge)) || !(await removeWorkspace(work, workspace))) continue
    emptied.add(workspace)
    if (!settled) continue
    await work.database.write(platform, (tx) => finishWorkspacePurge(tx, purge))
    emptied.delete(workspace)
  }
}

/** What is on the list by mistake must not be lost. */
async function isDeleted({ database }: PurgeWork, { tenant, workspace }: WorkspacePurge): Promise<boolean> {
  const row = await database.read
    .selectFrom('workspace_details')
    .select('state')
    .where('tenant', '=', platformOf(tenant))
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  return row?.state === 'DELETED'
}

/** @returns false when another process does it, or the job is to stop */
async function removeWorkspace(work: PurgeWork, workspace: Tenant): Promise<boolean> {
  const { database, blobs, storeNames = [], holder, now, signal } = work
  const lease = await takeLease(database, workspace, { name: leaseName, holder }, now(), leaseMs)
  if (lease === undefined) return false
  await database.write(workspace, (tx) => closeWorkspace(tx, workspace))
  for (let finished = false; !finished; ) {
    if (signal.aborted) return false
    finished = await database.write(workspace, async (tx) => {
      await holdLease(tx, workspace, lease, now() + leaseMs)
      return removeSomeOfWorkspace(tx, workspace)
    })
  }
  for (const name of ['', ...storeNames.map((store) => `@${store}`)]) await blobs.remove(artifactKey(workspace, name))
  return true
}
