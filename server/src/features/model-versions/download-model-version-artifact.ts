import { handleStream } from '../../context/context.ts'
import { missingParameter } from '../../errors/errors.ts'
import { artifactKey } from '../artifacts/artifact-location.ts'
import { checkArtifactPath } from '../artifacts/artifact-path-rules.ts'
import { fileAnswer } from '../artifacts/file-answer.ts'
import { checkModelName } from '../registered-models/registered-model-rules.ts'
import * as contract from './model-version-file-contract.ts'
import { readVersionNumber } from './model-version-rules.ts'
import { getModelVersion } from './model-version-store.ts'
import { versionPlace } from './version-files.ts'

/** The path is looked at before the version, as MLflow does. Files are read in the workspace that the version comes from. */
export const getModelVersionArtifact = handleStream(contract.getModelVersionArtifact, async (context, request) => {
  const { db, platform, blobs } = context
  const given = request.query.get('path')
  if (given === null) throw missingParameter('path')
  const path = checkArtifactPath(given)
  const name = request.query.get('name') ?? ''
  checkModelName(name)
  const version = readVersionNumber(request.query.get('version') ?? '')
  const view = await getModelVersion(db.lookup, platform, name, version)
  const place = await versionPlace(context, view, path)
  const answer = await fileAnswer(blobs, artifactKey(place.tenant, place.path), place.path, request)
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-cache' } }
})
