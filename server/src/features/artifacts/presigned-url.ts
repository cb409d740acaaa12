import type { BlobKey } from '../../blobs/blob-path.ts'
import type { BlobStore, DirectAccess, PresignedRequest } from '../../blobs/blob-store.ts'
import { type Context, handle } from '../../context/context.ts'
import { invalidParameter, notFound, notImplemented } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { splitUri } from '../../lib/uri-parts.ts'
import { findLoggedModel } from '../logged-models/logged-model-store.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, isProxied, pathBelowUri } from './artifact-location.ts'
import { baseName, checkArtifactPath } from './artifact-path-rules.ts'
import { attachmentDisposition } from './content-disposition.ts'
import { contentTypeOf } from './content-type.ts'

/** Seconds for which a URL is valid when nothing else is asked for (MLflow 3.17.0). */
const downloadValidity = 300
const uploadValidity = 900
/** Seconds; object stores refuse longer ones when the URL is used. */
const longestValidity = 604_800

export const presignProxiedDownload = handle(contract.presignProxiedDownload, async ({ blobs, tenant }, request) => {
  const path = checkArtifactPath(request.artifact_path ?? '')
  const key = artifactKey(tenant, path)
  const direct = blobs.directFor(key)
  if (direct === undefined) {
    throw notImplemented('Multipart download is not supported for the current artifact repository')
  }
  const { url, headers, size } = await presignDownload(blobs, direct, key, path, downloadValidity)
  return { body: { url, headers, file_size: size } }
})

export const createPresignedUploadUrl = handle(contract.createPresignedUploadUrl, async (context, request) => {
  const { run_id: runId, model_id: modelId } = request
  if (Boolean(runId) === Boolean(modelId)) {
    throw invalidParameter('Exactly one of run_id and model_id must be provided.')
  }
  const path = checkArtifactPath(request.path)
  const seconds = request.expiration ?? uploadValidity
  const uri = runId ? await runUri(context, runId) : await modelUri(context, modelId ?? '')
  if (isProxied(uri)) {
    const key = artifactKey(context.tenant, pathBelowUri(uri, path))
    const direct = context.blobs.directFor(key)
    if (direct !== undefined) {
      checkValidity(seconds)
      const { url, headers } = await direct.presignPut(key, Number(seconds), contentTypeOf(baseName(key)))
      return { body: { presigned_url: url, headers } }
    }
    throw invalidParameter(
      `Presigned upload is not supported for proxied artifact storage (artifact URI scheme: ${splitUri(uri).scheme}). ` +
        'This endpoint requires a direct cloud storage artifact URI.',
    )
  }
  throw notImplemented('Presigned upload is not supported for the current artifact repository')
})

export const createPresignedDownloadUrl = handle(contract.createPresignedDownloadUrl, async (context, request) => {
  const path = checkArtifactPath(request.path)
  const seconds = request.expiration ?? downloadValidity
  checkValidity(seconds)
  const uri = await runUri(context, request.run_id)
  if (isProxied(uri)) {
    const whole = pathBelowUri(uri, path)
    const key = artifactKey(context.tenant, whole)
    const direct = context.blobs.directFor(key)
    if (direct !== undefined) {
      const { url, headers, size } = await presignDownload(context.blobs, direct, key, whole, Number(seconds))
      return { body: { presigned_url: url, headers, file_size: size } }
    }
    throw invalidParameter(
      'Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: ' +
        `${splitUri(uri).scheme}). This endpoint requires a run with a direct cloud storage artifact URI.`,
    )
  }
  throw notImplemented('Presigned download is not supported for the current artifact repository')
})

/** A URL that downloads what is there under its own name, so that no browser shows it as a page. */
async function presignDownload(
  blobs: BlobStore,
  direct: DirectAccess,
  key: BlobKey,
  path: string,
  seconds: number,
): Promise<PresignedRequest & { readonly size: number }> {
  const head = await blobs.head(key)
  if (head?.kind !== 'file') throw notFound(`No such artifact: '${path}'`)
  return { ...(await direct.presignGet(key, seconds, attachmentDisposition(baseName(key)))), size: head.size }
}

function checkValidity(seconds: Int64): void {
  if (seconds >= 1 && seconds <= longestValidity) return
  throw invalidParameter(`expiration must be between 1 and ${longestValidity} seconds (got ${seconds}).`, {
    field: 'expiration',
  })
}

async function runUri({ db, tenant }: Context, runId: string): Promise<string> {
  return (await requireRun(db.lookup, tenant, runId)).artifact_uri
}

async function modelUri({ db, tenant }: Context, modelId: string): Promise<string> {
  const model = await findLoggedModel(db.lookup, tenant, modelId)
  return model.artifact_location
}
