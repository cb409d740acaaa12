import { handle } from '../../context/context.ts'
import { keyKind } from '../../db/tables/tables.ts'
import { findOrAddKey } from './key-names.ts'
import { addToHistory, historyEntry, modelHistoryTag } from './model-history-rules.ts'
import * as contract from './run-log-contract.ts'
import { lockActiveRun, requireRun } from './run-store.ts'
import { findTag, putTag } from './run-tag-store.ts'

/** The history may grow beyond the limit of other tags (MLflow 3.17.0). */
export const logModel = handle(contract.logModel, async ({ db, tenant, now }, { run_id, model_json }) => {
  const entry = historyEntry(model_json, now())
  return db.write(tenant, async (tx) => {
    const { experiment } = await requireRun(tx, tenant, run_id)
    const key = await findOrAddKey(tx, tenant, experiment, keyKind.tag, modelHistoryTag)
    const run = await lockActiveRun(tx, tenant, run_id)
    await putTag(tx, tenant, run, key, addToHistory(await findTag(tx, tenant, run, key), entry))
    return { body: {}, revision: run.revision }
  })
})
