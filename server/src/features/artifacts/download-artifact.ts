import { handleStream } from '../../context/context.ts'
import { badRequest, missingParameter, runNotFound } from '../../errors/errors.ts'
import { findLoggedModel } from '../logged-models/logged-model-store.ts'
import { artifactPlace } from '../model-versions/version-files.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, pathBelowUri } from './artifact-location.ts'
import { checkArtifactPath } from './artifact-path-rules.ts'
import { fileAnswer } from './file-answer.ts'
import { inProxySpelling, proxyPath, proxyRefusal } from './proxy-request.ts'

/** Downloads of the UI must not come from a browser's cache when the file has changed. */
const alwaysAsk = { 'cache-control': 'no-cache' }

export const downloadArtifact = handleStream(contract.downloadArtifact, (context, request) =>
  inProxySpelling(async () => {
    const { tenant, path } = await artifactPlace(context, checkArtifactPath(proxyPath(request)))
    const answer = await fileAnswer(context.blobs, artifactKey(tenant, path), path, request, proxyRefusal)
    return request.method === 'HEAD' ? { ...answer, headers: { ...answer.headers, ...alwaysAsk } } : answer
  }),
)

export const getArtifact = handleStream(contract.getArtifact, async ({ blobs, db, tenant }, request) => {
  const { query } = request
  const given = query.get('path')
  if (given === null) throw missingParameter('path')
  const path = checkArtifactPath(given)
  const runId = query.get('run_id') || query.get('run_uuid')
  if (!runId) throw runNotFound('None')
  const { artifact_uri } = await requireRun(db.lookup, tenant, runId)
  const whole = pathBelowUri(artifact_uri, path)
  const answer = await fileAnswer(blobs, artifactKey(tenant, whole), whole, request)
  return { ...answer, headers: { ...answer.headers, ...alwaysAsk } }
})

export const downloadLoggedModelArtifact = handleStream(
  contract.downloadLoggedModelArtifact,
  async ({ blobs, db, tenant }, request) => {
    const given = request.query.get('artifact_file_path')
    if (!given) throw badRequest("The query must name a file in 'artifact_file_path'.", { field: 'artifact_file_path' })
    const path = checkArtifactPath(given)
    const { artifact_location } = await findLoggedModel(db.lookup, tenant, request.params['model_id'] ?? '')
    const whole = pathBelowUri(artifact_location, path)
    const answer = await fileAnswer(blobs, artifactKey(tenant, whole), whole, request)
    return { ...answer, headers: { ...answer.headers, ...alwaysAsk } }
  },
)
