import { handle } from '../../context/context.ts'
import { experimentNotActive, experimentNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { modelNumber, runNumber } from '../../lib/run-number.ts'
import { valueKey } from '../../lib/value-key.ts'
import { experimentNumber } from '../experiments/experiment-rules.ts'
import { findExperiment } from '../experiments/experiment-store.ts'
import { newRunId } from '../runs/run-id.ts'
import { randomRunName } from '../runs/run-name.ts'
import * as contract from './logged-model-contract.ts'
import { loggedModelMessage, statusNumber } from './logged-model-message.ts'
import { checkLoggedModelName, checkModelTexts, refuseRepeatedKey } from './logged-model-rules.ts'
import { insertLoggedModel, type LoggedModelRow } from './logged-model-store.ts'

export const createLoggedModel = handle(contract.createLoggedModel, async ({ db, tenant, now }, request) => {
  const { experiment_id, model_type = '', source_run_id = '' } = request
  const name = request.name || randomRunName()
  checkLoggedModelName(name)
  const experiment = experimentNumber(experiment_id)
  const params = checkModelTexts('params', request.params)
  const tags = checkModelTexts('tags', request.tags)
  const at = now()
  const modelId = `m-${newRunId(at)}`
  const row = await db.write(tenant, async (tx) => {
    const parent = await findExperiment(tx, tenant, experiment)
    if (parent === undefined) throw experimentNotFound(experiment_id)
    if (parent.deleted) throw experimentNotActive(experiment_id)
    refuseRepeatedKey('params', params)
    refuseRepeatedKey('tags', tags)
    const model: LoggedModelRow = {
      tenant,
      model: modelNumber(modelId) as Int64,
      model_id: modelId,
      experiment,
      name,
      name_key: valueKey(name),
      artifact_location: `${parent.artifact_location.replace(/\/$/, '')}/models/${modelId}/artifacts`,
      model_type,
      source_run_id,
      source_run: runNumber(source_run_id) ?? null,
      status: statusNumber('LOGGED_MODEL_PENDING'),
      created: at,
      updated: at,
      deleted: 0,
    }
    await insertLoggedModel(tx, model, params, tags)
    return model
  })
  const details = { params: sortedByKey(params), tags: sortedByKey(tags), metrics: [] }
  return { body: { model: loggedModelMessage(row, details) } }
})

/** As they will be read: by code points of the key. */
function sortedByKey<T extends { readonly key: string }>(texts: readonly T[]): T[] {
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}
