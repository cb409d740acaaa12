import { handle } from '../../context/context.ts'
import * as contract from './run-contract.ts'
import { setRunStage } from './run-store.ts'

export const deleteRun = handle(contract.deleteRun, async ({ db, tenant, now }, { run_id }) => {
  const revision = await db.write(tenant, (tx) => setRunStage(tx, tenant, run_id, now()))
  return { body: {}, revision }
})

export const restoreRun = handle(contract.restoreRun, async ({ db, tenant }, { run_id }) => {
  const revision = await db.write(tenant, (tx) => setRunStage(tx, tenant, run_id, null))
  return { body: {}, revision }
})
