import { handle } from '../../context/context.ts'
import { notFound } from '../../errors/errors.ts'
import { pythonStringRepr } from '../../lib/python-repr.ts'
import * as contract from './logged-model-contract.ts'
import { statusNumber } from './logged-model-message.ts'
import { checkModelTexts, type ModelText, refuseRepeatedKey } from './logged-model-rules.ts'
import {
  findLoggedModel,
  insertModelParams,
  removeModelTag,
  updateLoggedModel,
  upsertModelTags,
} from './logged-model-store.ts'
import { answerWithModel } from './read-logged-model.ts'

// As in MLflow, none of these asks whether the model is deleted.

export const finalizeLoggedModel = handle(contract.finalizeLoggedModel, async (context, { model_id, status }) => {
  const { db, tenant, now } = context
  const changes = { status: statusNumber(status), updated: now() }
  const row = await db.write(tenant, (tx) => updateLoggedModel(tx, tenant, model_id, changes))
  return answerWithModel(context, row)
})

export const deleteLoggedModel = handle(contract.deleteLoggedModel, async ({ db, tenant, now }, { model_id }) => {
  await db.write(tenant, (tx) => updateLoggedModel(tx, tenant, model_id, { deleted: 1, updated: now() }))
  return { body: {} }
})

export const setLoggedModelTags = handle(contract.setLoggedModelTags, async ({ db, tenant }, request) => {
  const tags = lastOfEachKey(checkModelTexts('tags', request.tags))
  await db.write(tenant, async (tx) => {
    await upsertModelTags(tx, await findLoggedModel(tx, tenant, request.model_id), tags)
  })
  return { body: {} }
})

export const deleteLoggedModelTag = handle(contract.deleteLoggedModelTag, async ({ db, tenant }, request) => {
  const { model_id, tag_key } = request
  await db.write(tenant, async (tx) => {
    if (await removeModelTag(tx, await findLoggedModel(tx, tenant, model_id), tag_key)) return
    const [tag, model] = [pythonStringRepr(tag_key), pythonStringRepr(model_id)]
    throw notFound(`No tag with key ${tag} found for model with ID ${model}.`)
  })
  return { body: {} }
})

export const logLoggedModelParams = handle(contract.logLoggedModelParams, async ({ db, tenant }, request) => {
  const params = checkModelTexts('params', request.params)
  await db.write(tenant, async (tx) => {
    const model = await findLoggedModel(tx, tenant, request.path_model_id ?? '')
    refuseRepeatedKey('params', params)
    await insertModelParams(tx, model, params)
  })
  return { body: {} }
})

function lastOfEachKey(texts: readonly ModelText[]): ModelText[] {
  return [...new Map(texts.map((text) => [text.key, text])).values()]
}
