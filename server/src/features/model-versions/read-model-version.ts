import { handle } from '../../context/context.ts'
import { checkModelName } from '../registered-models/registered-model-rules.ts'
import * as contract from './model-version-contract.ts'
import * as files from './model-version-file-contract.ts'
import { modelVersionMessage } from './model-version-message.ts'
import { readVersionNumber } from './model-version-rules.ts'
import { getModelVersion as findVersion } from './model-version-store.ts'
import { versionDownloadUri } from './version-files.ts'

export const getModelVersion = handle(contract.getModelVersion, async (context, { name, version }) => {
  const { db, platform, mount } = context
  checkModelName(name)
  const view = await findVersion(db.lookup, platform, name, readVersionNumber(version))
  return { body: { model_version: modelVersionMessage(mount, view) }, revision: view.revision }
})

export const getModelVersionDownloadUri = handle(files.getModelVersionDownloadUri, async (context, request) => {
  const { db, platform } = context
  const { name = '', version = '' } = request
  checkModelName(name)
  const view = await findVersion(db.lookup, platform, name, readVersionNumber(version))
  return { body: { artifact_uri: await versionDownloadUri(context, view) } }
})
