import type { Tx } from '../../db/database.ts'
import { conflict } from '../../errors/errors.ts'
import { firstExperimentOf } from '../../lib/experiment-number.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { addPurge } from '../purges/purge-store.ts'
import { lockExperiment } from './experiment-store.ts'

/**
 * Removes an experiment for good, active or deleted (D31). Its row goes at once, and with it the claim on its name; the rest
 * is left to the purge job.
 *
 * @returns its last revision
 * @throws AppError `not-found`; `conflict` while it has any run, and for Default
 */
export async function removeExperiment(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  id: string,
  now: number,
): Promise<Int64> {
  const { revision } = await lockExperiment(tx, tenant, experiment, id)
  if (experiment === firstExperimentOf(tenant)) throw conflict('The experiment Default cannot be removed for good.')
  const run = await tx
    .selectFrom('runs')
    .select('run_id')
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .limit(1)
    .executeTakeFirst()
  if (run !== undefined) throw conflict(`The experiment ${id} has runs; remove them for good first.`)
  await tx.deleteFrom('experiments').where('tenant', '=', tenant).where('experiment', '=', experiment).execute()
  await addPurge(tx, tenant, { kind: 'experiment', subject: experiment }, now)
  return revision
}
