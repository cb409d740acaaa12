import { type Context, handleStream } from '../../context/context.ts'
import { missingParameter } from '../../errors/errors.ts'
import { type Tenant, tenantOf } from '../../lib/tenant.ts'
import { artifactKey, joinPaths, pathBelowUri } from '../artifacts/artifact-location.ts'
import { checkArtifactPath } from '../artifacts/artifact-path-rules.ts'
import { fileAnswer } from '../artifacts/file-answer.ts'
import { checkModelName } from '../registered-models/registered-model-rules.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './model-version-file-contract.ts'
import { readVersionNumber } from './model-version-rules.ts'
import { getModelVersion } from './model-version-store.ts'
import { parseRunsUri } from './version-source-rules.ts'

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
  const tenant = view.source_tenant === null ? context.tenant : tenantOf(view.source_tenant)
  const whole = await pathInStore(context, tenant, view.storage_location ?? view.source, path)
  const answer = await fileAnswer(blobs, artifactKey(tenant, whole), whole, request)
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-cache' } }
})

/** @throws AppError `not-found` for the run of a `runs:/` URI; `invalid-parameter` for files outside this server's store */
async function pathInStore({ db }: Context, tenant: Tenant, uri: string, path: string): Promise<string> {
  const ofRun = parseRunsUri(uri)
  if (ofRun === undefined) return pathBelowUri(uri, path)
  const { artifact_uri } = await requireRun(db.lookup, tenant, ofRun.runId)
  return pathBelowUri(artifact_uri, joinPaths(ofRun.path, path))
}
