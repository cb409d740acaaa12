import { handle } from '../../context/context.ts'
import * as contract from './run-contract.ts'
import { setRunStage } from './run-store.ts'

export const deleteRun = handle(contract.deleteRun, async ({ db, tenant, now }, { run_id }) => {
  return db.write(tenant, async (tx) => ({ body: {}, revision: await setRunStage(tx, tenant, run_id, now()) }))
})

export const restoreRun = handle(contract.restoreRun, async ({ db, tenant }, { run_id }) => {
  return db.write(tenant, async (tx) => ({ body: {}, revision: await setRunStage(tx, tenant, run_id, null) }))
})
