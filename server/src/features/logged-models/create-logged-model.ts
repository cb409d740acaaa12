import { type Context, handle } from '../../context/context.ts'
import { isUniqueViolation } from '../../db/driver-error.ts'
import { experimentNotActive, experimentNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { modelNumber, runNumber } from '../../lib/run-number.ts'
import { appendToUri } from '../../lib/uri-path.ts'
import { valueKey } from '../../lib/value-key.ts'
import { experimentNumber } from '../experiments/experiment-rules.ts'
import { findExperiment } from '../experiments/experiment-store.ts'
import { randomRunName } from '../runs/run-name.ts'
import * as contract from './logged-model-contract.ts'
import { loggedModelMessage, statusNumber } from './logged-model-message.ts'
import { checkLoggedModelName, checkModelTexts, type ModelText, refuseRepeatedKey } from './logged-model-rules.ts'
import { insertLoggedModel, type LoggedModelRow } from './logged-model-store.ts'

/** How often a model gets another id because its number is taken: by chance, one in 2^21 models of the same millisecond. */
const attempts = 3

export const createLoggedModel = handle(contract.createLoggedModel, async (context, request) => {
  const { experiment_id, model_type = '', source_run_id = '' } = request
  const name = request.name || randomRunName()
  checkLoggedModelName(name)
  const params = checkModelTexts('params', request.params)
  const tags = checkModelTexts('tags', request.tags)
  const fields = {
    name,
    name_key: valueKey(name),
    model_type,
    source_run_id,
    source_run: runNumber(source_run_id) ?? null,
  }
  const row = await insertWithNewId(context, experiment_id, fields, params, tags)
  const details = { params: sortedByKey(params), tags: sortedByKey(tags), metrics: [] }
  return { body: { model: loggedModelMessage(row, details) } }
})

type GivenFields = Pick<LoggedModelRow, 'name' | 'name_key' | 'model_type' | 'source_run_id' | 'source_run'>

async function insertWithNewId(
  { db, tenant, now }: Context,
  experimentId: string,
  fields: GivenFields,
  params: readonly ModelText[],
  tags: readonly ModelText[],
): Promise<LoggedModelRow> {
  const experiment = experimentNumber(experimentId, tenant)
  for (let attempt = 1; ; attempt++) {
    const at = now()
    const modelId = `m-${newRunId(at)}`
    const model = modelNumber(modelId) as Int64
    const status = statusNumber('LOGGED_MODEL_PENDING')
    try {
      return await db.write(tenant, async (tx) => {
        const parent = await findExperiment(tx, tenant, experiment)
        if (parent === undefined) throw experimentNotFound(experimentId)
        if (parent.deleted) throw experimentNotActive(experimentId)
        refuseRepeatedKey('params', params)
        refuseRepeatedKey('tags', tags)
        const artifact_location = appendToUri(parent.artifact_location, `models/${modelId}/artifacts`)
        const place = { tenant, model, model_id: modelId, experiment, artifact_location }
        const row = { ...place, ...fields, status, created: at, updated: at, deleted: 0 } as const
        await insertLoggedModel(tx, row, params, tags)
        return row
      })
    } catch (error) {
      if (attempt === attempts || !isUniqueViolation(error)) throw error
    }
  }
}

/** As they will be read: by code points of the key. */
function sortedByKey<T extends { readonly key: string }>(texts: readonly T[]): T[] {
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}
