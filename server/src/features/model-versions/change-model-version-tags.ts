import { type Context, handle } from '../../context/context.ts'
import { invalidParameter, missingParameter } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import {
  checkModelName,
  checkModelTagKey,
  refuseTooMany,
  type TagText,
} from '../registered-models/registered-model-rules.ts'
import { recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import { checkVersionTag, readVersionNumber } from './model-version-rules.ts'
import { lockModelVersion, putVersionTag, removeVersionTag } from './model-version-store.ts'
import * as contract from './model-version-tag-contract.ts'

// None of these changes the last update of the version, and a tag that is not there may be removed (as in MLflow).

export const setModelVersionTag = handle(contract.setModelVersionTag, async (context, request) => {
  const { name, version, key, value } = request
  checkModelName(name)
  const number = readVersionNumber(version)
  return changeTags(context, name, number, [checkVersionTag(key, value)], [])
})

export const deleteModelVersionTag = handle(contract.deleteModelVersionTag, async (context, request) => {
  checkModelName(request.name)
  const number = readVersionNumber(request.version)
  return changeTags(context, request.name, number, [], [checkModelTagKey(request.key)])
})

export const updateModelVersionTags = handle(contract.updateModelVersionTags, async (context, request) => {
  checkModelName(request.name)
  const number = readVersionNumber(request.version)
  refuseTooMany('set_tags', request.set_tags)
  refuseTooMany('delete_tags', request.delete_tags)
  const set = request.set_tags.map(({ key, value }, index) =>
    checkVersionTag(key || missingKey(`set_tags[${index}]`), value),
  )
  const removed = request.delete_tags.map(({ key }, index) =>
    checkModelTagKey(key || missingKey(`delete_tags[${index}]`)),
  )
  const keys = new Set<string>()
  for (const key of [...set.map((tag) => tag.key), ...removed]) {
    if (keys.has(key)) throw invalidParameter(`The tag '${key}' is named more than once.`, { field: 'set_tags' })
    keys.add(key)
  }
  return changeTags(context, request.name, number, set, removed)
})

function missingKey(item: string): never {
  throw missingParameter(`${item}.key`)
}

async function changeTags(
  { db, platform, caller, now }: Context,
  name: string,
  version: number,
  set: readonly TagText[],
  removed: readonly string[],
): Promise<{ body: Record<never, never>; revision: Int64 }> {
  return db.write(platform, async (tx) => {
    const at = now()
    const row = await lockModelVersion(tx, platform, name, version)
    const told = { model: row.model, name, version }
    for (const tag of set) {
      const oldValue = (await putVersionTag(tx, row, tag)) ?? null
      const values = { key: tag.key, oldValue, newValue: tag.value }
      await recordRegistryEvent(tx, platform, caller, at, { kind: 'model_version_tag.set', ...told, ...values })
    }
    for (const key of removed) {
      const oldValue = await removeVersionTag(tx, row, key)
      if (oldValue === undefined) continue
      await recordRegistryEvent(tx, platform, caller, at, { kind: 'model_version_tag.deleted', ...told, key, oldValue })
    }
    return { body: {}, revision: row.revision }
  })
}
