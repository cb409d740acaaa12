import type { BlobKey } from '../../blobs/blob-path.ts'
import type { BlobStore } from '../../blobs/blob-store.ts'
import { handleStream, type StreamRequest } from '../../context/context.ts'
import { badRequest, invalidParameter } from '../../errors/errors.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, pathBelowUri } from './artifact-location.ts'
import { checkArtifactPath, checkUploadPath } from './artifact-path-rules.ts'
import { inProxySpelling, proxyPath, proxyRefusal } from './proxy-request.ts'

/** Bytes that the upload of the UI takes (MLflow 3.17.0). */
const runUploadLimit = 10 * 1024 * 1024

export const uploadArtifact = handleStream(contract.uploadArtifact, ({ blobs, tenant }, request) =>
  inProxySpelling(async () => {
    const path = checkArtifactPath(proxyPath(request))
    if (path === '' || path.endsWith('/')) {
      throw proxyRefusal("Artifact path must include a filename (cannot end with '/').")
    }
    await store(blobs, artifactKey(tenant, checkUploadPath(path)), request.body, request.signal)
    return { status: 200, headers: {} }
  }),
)

export const uploadRunArtifact = handleStream(contract.uploadRunArtifact, async ({ blobs, db, tenant }, request) => {
  const { query, headers, signal } = request
  const runId = query.get('run_uuid')
  if (!runId) throw invalidParameter('Request must specify run_uuid.')
  const given = query.get('path')
  if (!given) throw invalidParameter('Request must specify path.')
  const path = checkArtifactPath(given)
  if (Number(headers['content-length'] ?? 0) > runUploadLimit) throw tooLarge()
  const source = await notEmpty(upTo(runUploadLimit, chunksOf(request)))
  const { artifact_uri } = await requireRun(db.lookup, tenant, runId)
  await store(blobs, artifactKey(tenant, checkUploadPath(pathBelowUri(artifact_uri, path))), source, signal)
  return { status: 200, headers: { 'content-type': 'application/json' } }
})

/** The body, in such a way that the connection outlives a refusal in the middle of it: the client gets to know why. */
function chunksOf({ body }: StreamRequest): AsyncIterable<Uint8Array> {
  return body.iterator({ destroyOnReturn: false })
}

async function store(
  blobs: BlobStore,
  key: BlobKey,
  chunks: AsyncIterable<Uint8Array>,
  clientGone: AbortSignal,
): Promise<void> {
  try {
    await blobs.put(key, chunks)
  } catch (error) {
    if (clientGone.aborted) throw badRequest('The upload ended before it was complete.')
    throw error
  }
}

async function* upTo(limit: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let taken = 0
  for await (const chunk of source) {
    taken += chunk.length
    if (taken > limit) throw tooLarge()
    yield chunk
  }
}

/** The same chunks, of which there is at least one. */
async function notEmpty(source: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const first = await source.next()
  if (first.done) throw invalidParameter('Request must specify data.')
  return (async function* () {
    yield first.value
    yield* source
  })()
}

function tooLarge(): Error {
  return invalidParameter('Artifact size is too large. Max size is 10MB.')
}
