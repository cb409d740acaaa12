import type { BlobKey } from '../../blobs/blob-path.ts'
import type { DirectAccess } from '../../blobs/blob-store.ts'
import { type Context, handle } from '../../context/context.ts'
import { invalidParameter, notImplemented } from '../../errors/errors.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, joinPaths } from './artifact-location.ts'
import { baseName, checkArtifactPath } from './artifact-path-rules.ts'

/** Parts of one upload that object stores take. */
const mostParts = 10_000

export const createMultipartUpload = handle(contract.createMultipartUpload, async (context, request) => {
  const { direct, key } = target(context, request)
  const parts = Number(request.num_parts ?? 1)
  if (parts < 1 || parts > mostParts) {
    throw invalidParameter(`num_parts must be between 1 and ${mostParts} (got ${parts}).`, { field: 'num_parts' })
  }
  const { uploadId, requests } = await direct.createMultipart(key, parts)
  const credentials = requests.map(({ url, headers }, index) => ({ url, part_number: index + 1, headers }))
  return { body: { upload_id: uploadId, credentials } }
})

export const completeMultipartUpload = handle(contract.completeMultipartUpload, async (context, request) => {
  const { direct, key } = target(context, request)
  const parts = request.parts.map(({ part_number, etag = '' }) => ({ partNumber: Number(part_number ?? 0), etag }))
  checkParts(parts.map(({ partNumber }) => partNumber))
  await direct.completeMultipart(key, request.upload_id ?? '', parts)
  return { body: {} }
})

export const abortMultipartUpload = handle(contract.abortMultipartUpload, async (context, request) => {
  const { direct, key } = target(context, request)
  await direct.abortMultipart(key, request.upload_id ?? '')
  return { body: {} }
})

/** @throws AppError `invalid-parameter` for parts that no upload has */
function checkParts(numbers: readonly number[]): void {
  const isPart = (number: number): boolean => number >= 1 && number <= mostParts
  if (numbers.length >= 1 && numbers.every(isPart) && new Set(numbers).size === numbers.length) return
  throw invalidParameter(`parts must be 1 to ${mostParts} different ones, numbered from 1.`, { field: 'parts' })
}

/**
 * Where an upload in parts goes: clients name the folder in the URL and their local file in the body.
 *
 * @throws AppError `not-implemented` when clients cannot reach the store by themselves
 */
function target(
  { blobs, tenant }: Context,
  { path, artifact_path = '' }: { readonly path: string; readonly artifact_path?: string | undefined },
): { direct: DirectAccess; key: BlobKey } {
  const folder = checkArtifactPath(artifact_path)
  const key = artifactKey(tenant, joinPaths(folder, checkArtifactPath(baseName(path))))
  const direct = blobs.directFor(key)
  if (direct === undefined) {
    throw notImplemented('Multipart upload is not supported for the current artifact repository')
  }
  return { direct, key }
}
