import { type Context, handle } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import { grantToModelCreator } from '../permissions/caller-rights.ts'
import { recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import * as contract from './registered-model-contract.ts'
import { answerWithModel } from './registered-model-message.ts'
import { checkModelTag, checkNewModelName, modelNameTaken, promptTag, refuseTooMany } from './registered-model-rules.ts'
import { findModelByName, hasPromptTag, insertModel, type RegisteredModelRow } from './registered-model-store.ts'

/** As many as fit into one transaction; AIDP's contract allows 100. */
const mostTags = 1_000

export const createRegisteredModel = handle(
  contract.createRegisteredModel,
  async (context, request) => {
    const { db, platform, caller, now, dialect } = context
    const { name, description } = request
    checkNewModelName(name, dialect)
    refuseTooMany('tags', request.tags, mostTags)
    // Of a tag that is given twice the last one counts.
    const tagOf = new Map(request.tags.map(({ key, value }) => [key ?? '', checkModelTag(key, value)]))
    const tags = [...tagOf.values()]
    return db.write(platform, async (tx) => {
      const holder = await findModelByName(tx, platform, name)
      if (holder !== undefined) throw modelNameTaken(name, await hasPromptTag(tx, holder), tagOf.has(promptTag))
      const at = now()
      const row: RegisteredModelRow = {
        tenant: platform,
        model: runNumber(newRunId(at))!,
        name,
        description: description ?? null,
        deployment_job_id: request.deployment_job_id ?? null,
        is_prompt: tagOf.get(promptTag)?.value === 'true' ? 1 : 0,
        created: at,
        updated: at,
        next_version: 1,
        revision: 1,
      }
      await insertModel(tx, row, tags)
      await grantToModelCreator(tx, platform, caller, row.model, at)
      await recordRegistryEvent(tx, platform, caller, at, {
        kind: 'registered_model.created',
        model: row.model,
        name,
        newValue: row.description,
        details: { description, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) },
      })
      return answerWithModel(context, tx, row)
    })
  },
  stillExists,
)

/** Whether a model that an answer tells of is still there, by that name. */
async function stillExists(
  { db, platform }: Context,
  body: Output<typeof contract.createRegisteredModel.reply>,
): Promise<boolean> {
  return (await findModelByName(db.lookup, platform, body.registered_model?.name ?? '')) !== undefined
}
