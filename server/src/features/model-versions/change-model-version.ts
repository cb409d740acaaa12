import { type Context, handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { checkModelName } from '../registered-models/registered-model-rules.ts'
import { type RegistryEvent, recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import * as contract from './model-version-contract.ts'
import { modelVersionMessage } from './model-version-message.ts'
import { checkVersionTexts, readStage, readVersionNumber, refuseToArchive } from './model-version-rules.ts'
import {
  archiveOthers,
  getModelVersion,
  type LockedVersion,
  lockModelVersion,
  removeModelVersion,
  updateModelVersionRow,
} from './model-version-store.ts'

/** The model's own last update stays as it was (as in MLflow). */
export const updateModelVersion = handle(contract.updateModelVersion, async (context, request) => {
  const { db, platform, now } = context
  checkModelName(request.name)
  const version = readVersionNumber(request.version)
  checkVersionTexts({ description: request.description })
  return db.write(platform, async (tx) => {
    const at = now()
    const row = await lockModelVersion(tx, platform, request.name, version)
    const description = request.description ?? null
    await updateModelVersionRow(tx, row, { description, updated: at })
    const values = { oldValue: row.description, newValue: description }
    await recordChange(context, tx, row, at, { kind: 'model_version.updated', ...values })
    return answerWithVersion(context, tx, row)
  })
})

export const transitionModelVersionStage = handle(contract.transitionModelVersionStage, async (context, request) => {
  const { db, platform, now } = context
  const archives = request.archive_existing_versions
  checkModelName(request.name)
  const version = readVersionNumber(request.version)
  const stage = readStage(request.stage)
  if (archives) refuseToArchive(stage, request.stage)
  return db.write(platform, async (tx) => {
    const at = now()
    const row = await lockModelVersion(tx, platform, request.name, version, at)
    const archived = archives ? await archiveOthers(tx, row, stage, at) : []
    await updateModelVersionRow(tx, row, { stage, updated: at })
    for (const other of archived) {
      const values = { oldValue: stage, newValue: 'Archived' }
      await recordChange(context, tx, { ...row, version: other }, at, {
        kind: 'model_version.stage_changed',
        ...values,
      })
    }
    const values = { oldValue: row.stage, newValue: stage }
    await recordChange(context, tx, row, at, { kind: 'model_version.stage_changed', ...values })
    return answerWithVersion(context, tx, row)
  })
})

export const deleteModelVersion = handle(contract.deleteModelVersion, async (context, request) => {
  const { db, platform, now } = context
  checkModelName(request.name)
  const version = readVersionNumber(request.version)
  return db.write(platform, async (tx) => {
    const at = now()
    const row = await lockModelVersion(tx, platform, request.name, version, at)
    for (const alias of await removeModelVersion(tx, row)) {
      await recordChange(context, tx, row, at, { kind: 'model_alias.deleted', key: alias, oldValue: String(version) })
    }
    await recordChange(context, tx, row, at, { kind: 'model_version.deleted', oldValue: row.description })
    return { body: {}, revision: row.revision }
  })
})

function recordChange(
  { platform, caller }: Context,
  tx: Tx,
  { model, name, version }: LockedVersion,
  at: number,
  change: Pick<RegistryEvent, 'kind' | 'key' | 'oldValue' | 'newValue'>,
): Promise<void> {
  return recordRegistryEvent(tx, platform, caller, at, { model, name, version, ...change })
}

async function answerWithVersion({ platform, mount }: Context, tx: Tx, { name, version }: LockedVersion) {
  const view = await getModelVersion(tx, platform, name, version)
  return { body: { model_version: modelVersionMessage(mount, view) }, revision: view.revision }
}
