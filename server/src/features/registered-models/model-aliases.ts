import { handle } from '../../context/context.ts'
import { invalidParameter, notFound } from '../../errors/errors.ts'
import { modelVersionMessage } from '../model-versions/model-version-message.ts'
import { isVersionNumber, readVersionNumber } from '../model-versions/model-version-rules.ts'
import { versionNotFound } from '../model-versions/model-version-store.ts'
import { recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import * as contract from './model-alias-contract.ts'
import {
  findAlias,
  hasVersion,
  highestVersion,
  raiseVersionRevisions,
  removeAlias,
  upsertAlias,
} from './model-alias-store.ts'
import { findVersionView } from './registered-model-details.ts'
import { checkAliasName, checkModelName, isLatestAlias, refuseReservedAlias } from './registered-model-rules.ts'
import { findModelByName, getModelByName, lockModel } from './registered-model-store.ts'

export const setRegisteredModelAlias = handle(contract.setRegisteredModelAlias, async (context, request) => {
  const { db, platform, caller, now } = context
  const { name, alias } = request
  checkModelName(name)
  checkAliasName(alias)
  refuseReservedAlias(alias)
  const version = readVersionNumber(request.version)
  return db.write(platform, async (tx) => {
    // MLflow misses the version, not the model, where there is neither.
    const model = isVersionNumber(version) ? await findModelByName(tx, platform, name) : undefined
    if (model === undefined || !(await hasVersion(tx, model, version))) throw versionNotFound(name, version)
    const row = await lockModel(tx, platform, name)
    const before = await findAlias(tx, row, alias)
    await upsertAlias(tx, row, alias, version)
    await raiseVersionRevisions(tx, row, before === undefined ? [version] : [before, version])
    await recordRegistryEvent(tx, platform, caller, now(), {
      kind: 'model_alias.set',
      model: row.model,
      name,
      version,
      key: alias,
      oldValue: before === undefined ? null : String(before),
      newValue: String(version),
    })
    return { body: {}, revision: row.revision }
  })
})

export const deleteRegisteredModelAlias = handle(
  contract.deleteRegisteredModelAlias,
  async ({ db, platform, caller, now }, { name, alias }) => {
    checkModelName(name)
    checkAliasName(alias)
    return db.write(platform, async (tx) => {
      const row = await lockModel(tx, platform, name)
      const before = await findAlias(tx, row, alias)
      if (before !== undefined) {
        await removeAlias(tx, row, alias)
        await raiseVersionRevisions(tx, row, [before])
        await recordRegistryEvent(tx, platform, caller, now(), {
          kind: 'model_alias.deleted',
          model: row.model,
          name,
          version: before,
          key: alias,
          oldValue: String(before),
        })
      }
      return { body: {}, revision: row.revision }
    })
  },
)

export const getModelVersionByAlias = handle(
  contract.getModelVersionByAlias,
  async ({ db, platform, mount }, { name, alias }) => {
    checkModelName(name)
    checkAliasName(alias)
    const row = await getModelByName(db.lookup, platform, name)
    const version = isLatestAlias(alias) ? await highestVersion(db.lookup, row) : await findAlias(db.lookup, row, alias)
    const view =
      version === undefined ? undefined : await findVersionView(db.engine, db.lookup, platform, name, version)
    if (view !== undefined)
      return { body: { model_version: modelVersionMessage(mount, view) }, revision: view.revision }
    if (isLatestAlias(alias)) throw notFound(`Latest version not found for model ${name}.`)
    throw invalidParameter(`Registered model alias ${alias} not found.`, { field: 'alias' })
  },
)
