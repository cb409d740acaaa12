import { type Context, handle } from '../../context/context.ts'
import { invalidParameter, notFound, notImplemented } from '../../errors/errors.ts'
import { splitUri } from '../../lib/uri-parts.ts'
import { findLoggedModel } from '../logged-models/logged-model-store.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, isProxied } from './artifact-location.ts'
import { checkArtifactPath } from './artifact-path-rules.ts'

/** Seconds for which a URL is valid when nothing else is asked for (MLflow 3.17.0). */
const downloadValidity = 300
/** Seconds; object stores refuse longer ones when the URL is used. */
const longestValidity = 604_800

export const presignProxiedDownload = handle(contract.presignProxiedDownload, async ({ blobs, tenant }, request) => {
  const path = checkArtifactPath(request.artifact_path ?? '')
  if (blobs.direct === undefined) {
    throw notImplemented('Multipart download is not supported for the current artifact repository')
  }
  const key = artifactKey(tenant, path)
  const head = await blobs.head(key)
  if (head?.kind !== 'file') throw notFound(`No such artifact: '${path}'`)
  const { url, headers } = await blobs.direct.presignGet(key, downloadValidity)
  return { body: { url, headers, file_size: head.size } }
})

export const createPresignedUploadUrl = handle(contract.createPresignedUploadUrl, async (context, request) => {
  const { run_id: runId, model_id: modelId } = request
  if (Boolean(runId) === Boolean(modelId)) {
    throw invalidParameter('Exactly one of run_id and model_id must be provided.')
  }
  checkArtifactPath(request.path)
  const uri = runId ? await runUri(context, runId) : await modelUri(context, modelId ?? '')
  if (isProxied(uri)) {
    throw invalidParameter(
      `Presigned upload is not supported for proxied artifact storage (artifact URI scheme: ${splitUri(uri).scheme}). ` +
        'This endpoint requires a direct cloud storage artifact URI.',
    )
  }
  throw notImplemented('Presigned upload is not supported for the current artifact repository')
})

export const createPresignedDownloadUrl = handle(contract.createPresignedDownloadUrl, async (context, request) => {
  checkArtifactPath(request.path)
  const seconds = request.expiration ?? downloadValidity
  if (seconds < 1 || seconds > longestValidity) {
    throw invalidParameter(`expiration must be between 1 and ${longestValidity} seconds (got ${seconds}).`, {
      field: 'expiration',
    })
  }
  const uri = await runUri(context, request.run_id)
  if (isProxied(uri)) {
    throw invalidParameter(
      'Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: ' +
        `${splitUri(uri).scheme}). This endpoint requires a run with a direct cloud storage artifact URI.`,
    )
  }
  throw notImplemented('Presigned download is not supported for the current artifact repository')
})

async function runUri({ db, tenant }: Context, runId: string): Promise<string> {
  return (await requireRun(db.lookup, tenant, runId)).artifact_uri
}

async function modelUri({ db, tenant }: Context, modelId: string): Promise<string> {
  const model = await findLoggedModel(db.lookup, tenant, modelId)
  return model.artifact_location
}
