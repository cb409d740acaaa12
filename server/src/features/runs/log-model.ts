import { type Context, handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { addLoggedModelOfRun } from '../logged-models/logged-model-of-run.ts'
import { findOrAddKey } from './key-names.ts'
import { addToHistory, historyEntry, loggedModelFields, modelHistoryTag } from './model-history-rules.ts'
import * as contract from './run-log-contract.ts'
import { type LockedRun, lockActiveRun, requireRun } from './run-store.ts'
import { findTag, putTag } from './run-tag-store.ts'

/** The history may grow beyond the limit of other tags (MLflow 3.17.0). */
export const logModel = handle(contract.logModel, async (context, { run_id, model_json }) => {
  const { db, dialect, tenant, now } = context
  const entry = historyEntry(model_json, now())
  return db.write(tenant, async (tx) => {
    const { experiment } = await requireRun(tx, tenant, run_id)
    const key = await findOrAddKey(tx, tenant, experiment, keyKind.tag, modelHistoryTag)
    const run = await lockActiveRun(tx, tenant, run_id)
    await putTag(tx, tenant, run, key, addToHistory(await findTag(tx, tenant, run, key), entry))
    if (dialect === 'aidp') await addLoggedModel(tx, context, run, model_json)
    return { body: {}, revision: run.revision }
  })
})

/** So that AIDP's search of logged models finds it (D39). */
async function addLoggedModel(tx: Tx, { tenant, now }: Context, run: LockedRun, modelJson: string): Promise<void> {
  const at = now()
  await addLoggedModelOfRun(tx, tenant, run, { ...loggedModelFields(modelJson), newModelId: `m-${newRunId(at)}` }, at)
}
