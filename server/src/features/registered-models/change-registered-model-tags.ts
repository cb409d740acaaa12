import { type Context, handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { invalidParameter, missingParameter } from '../../errors/errors.ts'
import { recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import {
  checkModelName,
  checkModelTag,
  checkModelTagKey,
  refuseTooMany,
  type TagText,
} from './registered-model-rules.ts'
import { lockModel, type RegisteredModelRow, removeModelTag, setModelTag } from './registered-model-store.ts'
import * as contract from './registered-model-tag-contract.ts'

// None of these changes the last update of the model, and a tag that is not there may be removed (as in MLflow).

export const setRegisteredModelTag = handle(contract.setRegisteredModelTag, async (context, request) => {
  const { name, key, value } = request
  checkModelName(name)
  return changeTags(context, name, [checkModelTag(key, value)], [])
})

export const deleteRegisteredModelTag = handle(contract.deleteRegisteredModelTag, async (context, { name, key }) => {
  checkModelName(name)
  return changeTags(context, name, [], [checkModelTagKey(key)])
})

export const updateRegisteredModelTags = handle(contract.updateRegisteredModelTags, async (context, request) => {
  checkModelName(request.name)
  refuseTooMany('set_tags', request.set_tags)
  refuseTooMany('delete_tags', request.delete_tags)
  const set = request.set_tags.map(({ key, value }, index) => {
    if (key === undefined || key === '') throw missingParameter(`set_tags[${index}].key`)
    return checkModelTag(key, value)
  })
  const removed = request.delete_tags.map(({ key }, index) => {
    if (key === undefined || key === '') throw missingParameter(`delete_tags[${index}].key`)
    return checkModelTagKey(key)
  })
  const keys = new Set<string>()
  for (const key of [...set.map((tag) => tag.key), ...removed]) {
    if (keys.has(key)) throw invalidParameter(`The tag '${key}' is named more than once.`, { field: 'set_tags' })
    keys.add(key)
  }
  return changeTags(context, request.name, set, removed)
})

async function changeTags(
  context: Context,
  name: string,
  set: readonly TagText[],
  removed: readonly string[],
): Promise<{ body: Record<never, never>; revision: RegisteredModelRow['revision'] }> {
  return context.db.write(context.platform, async (tx) => {
    const row = await lockModel(tx, context.platform, name)
    for (const tag of set) {
      const oldValue = (await setModelTag(tx, row, tag)) ?? null
      await recordTag(context, tx, row, {
        kind: 'registered_model_tag.set',
        key: tag.key,
        oldValue,
        newValue: tag.value,
      })
    }
    for (const key of removed) {
      const oldValue = await removeModelTag(tx, row, key)
      if (oldValue !== undefined)
        await recordTag(context, tx, row, { kind: 'registered_model_tag.deleted', key, oldValue })
    }
    return { body: {}, revision: row.revision }
  })
}

interface TagChange {
  readonly kind: 'registered_model_tag.set' | 'registered_model_tag.deleted'
  readonly key: string
  readonly oldValue: string | null
  readonly newValue?: string
}

function recordTag({ platform, caller, now }: Context, tx: Tx, row: RegisteredModelRow, change: TagChange) {
  return recordRegistryEvent(tx, platform, caller, now(), { model: row.model, name: row.name, ...change })
}
