import { type Context, handle } from '../../context/context.ts'
import { checkRevision } from '../../db/precondition.ts'
import { deleteGrantsOn, modelObject } from '../permissions/grant-store.ts'
import { recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import * as contract from './registered-model-contract.ts'
import { answerWithModel } from './registered-model-message.ts'
import { checkModelName, checkNewModelName, newNameTaken } from './registered-model-rules.ts'
import {
  findModelByName,
  getModelByName,
  lockModel,
  type RegisteredModelRow,
  removeModel,
  touchVersions,
  updateModel,
} from './registered-model-store.ts'

export const updateRegisteredModel = handle(contract.updateRegisteredModel, async (context, request) => {
  const { db, platform, caller, now } = context
  checkModelName(request.name)
  return db.write(platform, async (tx) => {
    const before = await lockModel(tx, platform, request.name)
    const row = {
      ...before,
      description: request.description ?? null,
      deployment_job_id: request.deployment_job_id ?? before.deployment_job_id,
      updated: now(),
    }
    const { description, deployment_job_id, updated } = row
    await updateModel(tx, row, { description, deployment_job_id, updated })
    await recordRegistryEvent(tx, platform, caller, updated, {
      kind: 'registered_model.updated',
      model: row.model,
      name: row.name,
      oldValue: before.description,
      newValue: description,
    })
    return answerWithModel(context, tx, row)
  })
})

/** Versions touched in one transaction; older ones follow in transactions of their own. */
const versionsAtOnce = 4_000

/** MLflow sets the last update of every version too. For AIDP the name that a model has already changes nothing (D46). */
export const renameRegisteredModel = handle(contract.renameRegisteredModel, async (context, request) => {
  const { db, platform, caller, now, dialect } = context
  const { name, new_name } = request
  checkModelName(name)
  checkNewModelName(new_name, dialect, 'new_name')
  let renamed: RegisteredModelRow | undefined
  const answer = await db.write(platform, async (tx) => {
    renamed = undefined
    if (dialect === 'aidp' && new_name === name) {
      const same = await getModelByName(tx, platform, name)
      checkRevision(tx, same.revision)
      return answerWithModel(context, tx, same)
    }
    const before = await lockModel(tx, platform, name)
    const holder = await findModelByName(tx, platform, new_name)
    if (holder !== undefined && new_name !== name) throw newNameTaken(new_name)
    const row = { ...before, name: new_name, updated: now() }
    await updateModel(tx, row, { name: new_name, updated: row.updated })
    await touchVersions(tx, row, row.updated, row.next_version - versionsAtOnce, row.next_version)
    await recordRegistryEvent(tx, platform, caller, row.updated, {
      kind: 'registered_model.renamed',
      model: row.model,
      name: new_name,
      oldValue: name,
      newValue: new_name,
    })
    renamed = row
    return answerWithModel(context, tx, row)
  })
  if (renamed !== undefined) await touchOlderVersions(context, renamed)
  // The operation answers no etag (header profile M1).
  return { body: answer.body }
})

async function touchOlderVersions({ db, platform }: Context, row: RegisteredModelRow): Promise<void> {
  for (let last = row.next_version - versionsAtOnce - 1; last > 0; last -= versionsAtOnce) {
    const first = last - versionsAtOnce + 1
    await db.write(platform, (tx) => touchVersions(tx, row, Number(row.updated), first, last))
  }
}

export const deleteRegisteredModel = handle(contract.deleteRegisteredModel, async (context, { name }) => {
  const { db, platform, caller, now } = context
  checkModelName(name)
  return db.write(platform, async (tx) => {
    const row = await lockModel(tx, platform, name)
    const at = now()
    await removeModel(tx, row, at)
    await deleteGrantsOn(tx, platform, modelObject(row.model))
    await recordRegistryEvent(tx, platform, caller, at, {
      kind: 'registered_model.deleted',
      model: row.model,
      name,
      oldValue: row.description,
    })
    return { body: {}, revision: row.revision }
  })
})
