import { handle } from '../../context/context.ts'
import { conflict } from '../../errors/errors.ts'
import { findExperiment } from '../experiments/experiment-store.ts'
import * as contract from './run-contract.ts'
import { removeRun } from './run-removal-store.ts'
import { requireRun, setRunStage } from './run-store.ts'

export const deleteRun = handle(contract.deleteRun, async ({ db, tenant, now }, { run_id, is_permanent }) => {
  return db.write(tenant, async (tx) => {
    const change = is_permanent ? removeRun : setRunStage
    return { body: {}, revision: await change(tx, tenant, run_id, now()) }
  })
})

/** MLflow restores runs of deleted experiments too; AIDP refuses (D34). */
export const restoreRun = handle(contract.restoreRun, async ({ db, dialect, tenant }, { run_id }) => {
  return db.write(tenant, async (tx) => {
    if (dialect === 'aidp') {
      const run = await requireRun(tx, tenant, run_id)
      const parent = await findExperiment(tx, tenant, run.experiment)
      if (run.deleted && parent?.deleted) throw conflict(`The experiment ${run.experiment} of the run is deleted.`)
    }
    return { body: {}, revision: await setRunStage(tx, tenant, run_id, null) }
  })
})
