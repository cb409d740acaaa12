import type { Reader, Tx } from '../../db/database.ts'
import { checkRaisedRevision, checkRevision } from '../../db/precondition.ts'
import { prepared } from '../../db/prepared.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { runNotActive, runNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'

export const runColumns = [
  'run_id',
  'experiment',
  'name',
  'user_id',
  'status',
  'start_time',
  'end_time',
  'deleted',
  'artifact_uri',
  'revision',
] as const

/**
 * A run without its number: that exceeds 2^53, and one such integer in an answer makes SQLite's driver read all of them
 * the slow way.
 */
export type RunRow = Pick<Tables['runs'], (typeof runColumns)[number]>

const runByNumber = prepared((db, p: { tenant: Tenant; run: Int64 }) =>
  db.selectFrom('runs').select(runColumns).where('tenant', '=', p.tenant).where('run', '=', p.run),
)

/** A run by its id, deleted or not. */
export async function findRun(db: Reader | Tx, tenant: Tenant, runId: string): Promise<RunRow | undefined> {
  const run = runNumber(runId)
  if (run === undefined) return undefined
  const [row] = await runByNumber(db, { tenant, run })
  return row?.run_id === runId ? row : undefined
}

const runWithLinks = prepared((db, p: { tenant: Tenant; run: Int64 }) =>
  db
    .selectFrom('runs')
    .select(runColumns)
    .select((expression) =>
      expression
        .or(
          (['run_inputs', 'run_model_inputs', 'run_model_outputs'] as const).map((table) =>
            expression.exists(
              db.selectFrom(table).select('run').where('tenant', '=', p.tenant).where('run', '=', p.run),
            ),
          ),
        )
        .as('has_links'),
    )
    .where('tenant', '=', p.tenant)
    .where('run', '=', p.run),
)

/** A run by its number, and whether it has datasets or logged models as inputs or outputs. */
export async function findRunWithLinks(
  db: Reader,
  tenant: Tenant,
  run: Int64,
): Promise<{ readonly row: RunRow; readonly hasLinks: boolean } | undefined> {
  const [found] = await runWithLinks(db, { tenant, run })
  if (found === undefined) return undefined
  const { has_links, ...row } = found
  return { row, hasLinks: Boolean(has_links) }
}

/** @throws AppError `not-found` */
export async function requireRun(db: Reader | Tx, tenant: Tenant, runId: string): Promise<RunRow> {
  const row = await findRun(db, tenant, runId)
  if (row === undefined) throw runNotFound(runId)
  return row
}

/** A run that is locked for its transaction, with its number. */
export interface LockedRun extends RunRow {
  readonly run: Int64
}

/**
 * Raises the revision of an active run, which keeps other writers of it away until the transaction ends.
 *
 * @returns the run with its new revision
 * @throws AppError `not-found`; `invalid-parameter` when it is deleted
 */
export async function lockActiveRun(tx: Tx, tenant: Tenant, runId: string): Promise<LockedRun> {
  const run = runNumber(runId)
  if (run === undefined) throw runNotFound(runId)
  const row = await tx
    .updateTable('runs')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('run_id', '=', runId)
    .returning(runColumns)
    .executeTakeFirst()
  if (row === undefined) throw runNotFound(runId)
  checkRaisedRevision(tx, row.revision)
  if (row.deleted) throw runNotActive(runId)
  return { ...row, run }
}

/**
 * Deletes or restores a run; one that is in that stage already stays as it is (both operations of MLflow are idempotent).
 *
 * @param deletedAt epoch ms; null to restore
 * @returns the run's revision
 * @throws AppError `not-found`
 */
export async function setRunStage(tx: Tx, tenant: Tenant, runId: string, deletedAt: Int64 | null): Promise<Int64> {
  const run = runNumber(runId)
  if (run === undefined) throw runNotFound(runId)
  const changed = await tx
    .updateTable('runs')
    .set((expression) => ({
      deleted: deletedAt === null ? 0 : 1,
      deleted_time: deletedAt,
      revision: expression('revision', '+', 1),
    }))
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('run_id', '=', runId)
    .where('deleted', '=', deletedAt === null ? 1 : 0)
    .returning('revision')
    .executeTakeFirst()
  if (changed !== undefined) {
    checkRaisedRevision(tx, changed.revision)
    return changed.revision
  }
  const { revision } = await requireRun(tx, tenant, runId)
  checkRevision(tx, revision)
  return revision
}

export async function renameRun(tx: Tx, tenant: Tenant, { run }: LockedRun, name: string): Promise<void> {
  await tx.updateTable('runs').set({ name }).where('tenant', '=', tenant).where('run', '=', run).execute()
}
