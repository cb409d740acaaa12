import { sql } from 'kysely'
import type { Database, Tx } from '../../db/database.ts'
import type { Flag } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { behind } from '../../search/keyset.ts'
import { addPurge, type Purge } from '../purges/purge-store.ts'

/** That all runs of an experiment are to have its stage. */
export interface StageChange {
  readonly experiment: Int64
  readonly deleted: Flag
  /** When the experiment was deleted or restored, epoch ms. */
  readonly at: Int64
}

/** How far a change has come, newest run first. */
type Place = readonly [startTime: Int64, run: Int64]

/** Runs changed in one transaction. */
const runsAtOnce = 2_500

const kindOf = (deleted: Flag): Purge['kind'] => (deleted ? 'experiment-deleted' : 'experiment-restored')

/**
 * Gives the runs of an experiment its stage, in the transaction that changes the experiment: all of them if they are few, else
 * some, and the rest is on the work list of the purge job. (MLflow cascades delete and restore to all runs, also to those that
 * had been deleted one by one.)
 *
 * @returns where `finishStageChange` goes on; undefined when all are done
 */
export async function beginStageChange(tx: Tx, tenant: Tenant, change: StageChange): Promise<Place | undefined> {
  const place = await changeSome(tx, tenant, change, undefined)
  if (place === undefined) return undefined
  await addPurge(tx, tenant, { kind: kindOf(change.deleted), subject: change.experiment }, Number(change.at))
  return place
}

/**
 * Gives the rest of the runs their stage, transaction by transaction, until all have it or the experiment is given another one.
 * What is broken off is done again by the purge job.
 *
 * @param place where the change has come to; absent: the beginning
 */
export async function finishStageChange(
  database: Database,
  tenant: Tenant,
  change: StageChange,
  place?: Place,
): Promise<void> {
  let reached = place
  for (let finished = false; !finished; ) {
    const next = await database.write(tenant, async (tx) => {
      const further = (await holdsStage(tx, tenant, change)) ? await changeSome(tx, tenant, change, reached) : undefined
      if (further === undefined) await removeFromList(tx, tenant, change)
      return further
    })
    finished = next === undefined
    reached = next
  }
}

/** Whether the experiment still has that stage; it keeps it until the transaction ends. */
async function holdsStage(tx: Tx, tenant: Tenant, { experiment, deleted }: StageChange): Promise<boolean> {
  const row = await tx
    .updateTable('experiments')
    .set((expression) => ({ deleted: expression.ref('deleted') }))
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .returning('deleted')
    .executeTakeFirst()
  return row?.deleted === deleted
}

/** @returns undefined when no more are left */
async function changeSome(
  tx: Tx,
  tenant: Tenant,
  { experiment, deleted, at }: StageChange,
  after: Place | undefined,
): Promise<Place | undefined> {
  const other: Flag = deleted ? 0 : 1
  let query = tx
    .selectFrom('runs as r')
    .select(['r.run', 'r.start_time'])
    .where('r.tenant', '=', tenant)
    .where('r.experiment', '=', experiment)
    .where('r.deleted', '=', other)
  if (after !== undefined) query = query.where(behind(newestFirst, after))
  const runs = await query.orderBy('r.start_time', 'desc').orderBy('r.run').limit(runsAtOnce).execute()
  const last = runs.at(-1)
  if (last === undefined) return undefined
  await tx
    .updateTable('runs')
    .set((expression) => ({ deleted, deleted_time: deleted ? at : null, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where(
      'run',
      'in',
      runs.map(({ run }) => run),
    )
    .where('deleted', '=', other)
    .execute()
  return runs.length < runsAtOnce ? undefined : [last.start_time, last.run]
}

const newestFirst = [
  { kind: 'integer', expression: sql.ref('r.start_time'), descending: true },
  { kind: 'integer', expression: sql.ref('r.run'), descending: false },
] as const

async function removeFromList(tx: Tx, tenant: Tenant, { experiment, deleted, at }: StageChange): Promise<void> {
  await tx
    .deleteFrom('purges')
    .where('tenant', '=', tenant)
    .where('kind', '=', kindOf(deleted))
    .where('subject', '=', experiment)
    .where('since', '=', at)
    .execute()
}
