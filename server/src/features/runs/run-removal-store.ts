import type { Tx } from '../../db/database.ts'
import { checkRevision } from '../../db/precondition.ts'
import { runNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { addPurge } from '../purges/purge-store.ts'

/**
 * Removes a run for good, active or deleted (D34). Its row goes at once: nobody finds it any more, and nothing can be logged to
 * it. Its data and artifacts are left to the purge job; model versions made from it stay.
 *
 * @returns its last revision
 * @throws AppError `not-found`
 */
export async function removeRun(tx: Tx, tenant: Tenant, runId: string, now: number): Promise<Int64> {
  const run = runNumber(runId)
  if (run === undefined) throw runNotFound(runId)
  const removed = await tx
    .deleteFrom('runs')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('run_id', '=', runId)
    .returning(['revision', 'artifact_uri'])
    .executeTakeFirst()
  if (removed === undefined) throw runNotFound(runId)
  checkRevision(tx, removed.revision)
  await addPurge(tx, tenant, { kind: 'run', subject: run, artifactUri: removed.artifact_uri }, now)
  return removed.revision
}
