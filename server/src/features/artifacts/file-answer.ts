import type { BlobKey } from '../../blobs/blob-path.ts'
import type { BlobStat, BlobStore, ByteRange, OpenBlob } from '../../blobs/blob-store.ts'
import type { StreamAnswer, StreamRequest } from '../../context/context.ts'
import { invalidParameter, notFound } from '../../errors/errors.ts'
import { baseName, normalArtifactPath } from './artifact-path-rules.ts'
import { attachmentDisposition } from './content-disposition.ts'
import { contentTypeOf } from './content-type.ts'
import { type DownloadDecision, decideDownload } from './download-rules.ts'

/** Bytes up to which a file is sent from memory. */
const inOnePiece = 64 * 1024

/**
 * The answer that downloads a blob, or says why it is not sent: always as an attachment, so that no browser runs what
 * somebody uploaded.
 *
 * @param path what the client calls it, for messages
 * @throws AppError `not-found`; what `refuseFolder` makes when it is a folder
 */
export async function fileAnswer(
  blobs: BlobStore,
  key: BlobKey,
  path: string,
  { method, headers }: StreamRequest,
  refuseFolder: (message: string) => Error = invalidParameter,
): Promise<StreamAnswer> {
  const blob = await blobs.open(key)
  if (blob === undefined)
    throw (await isFolder(blobs, key, path))
      ? refuseFolder(`Artifact path refers to a directory, not a file: '${path}'`)
      : notFound(`No such artifact: '${path}'`)
  const decision = decideDownload(method, headers, blob)
  const head = headOf(decision, blob, baseName(key))
  if (method !== 'HEAD') {
    if (decision.kind === 'whole') return { ...head, body: await contentOf(blob, { start: 0, end: blob.size - 1 }) }
    if (decision.kind === 'part') return { ...head, body: await contentOf(blob, decision.range) }
  }
  await blob[Symbol.asyncDispose]()
  if (decision.kind === 'malformed-range') return { ...head, body: decision.message }
  // No chunks instead of no body, so that the announced length stays that of the file.
  return decision.kind === 'whole' ? { ...head, body: noChunks() } : head
}

async function* noChunks(): AsyncGenerator<Buffer> {}

/** Few bytes in one piece, which costs a quarter of chunks. */
async function contentOf(blob: OpenBlob, range: ByteRange): Promise<AsyncIterable<Buffer> | Buffer> {
  return range.end - range.start < inOnePiece ? blob.bytes(range) : blob.chunks(range)
}

function headOf(decision: DownloadDecision, blob: BlobStat, name: string): StreamAnswer {
  switch (decision.kind) {
    case 'whole':
      return { status: 200, headers: fileHeaders(name, blob, blob.size) }
    case 'part': {
      const { start, end } = decision.range
      const contentRange = `bytes ${start}-${end}/${blob.size}`
      return { status: 206, headers: { ...fileHeaders(name, blob, end - start + 1), 'content-range': contentRange } }
    }
    case 'not-modified':
      return { status: 304, headers: validators(blob) }
    case 'precondition-failed':
      return { status: 412, headers: validators(blob) }
    case 'range-not-satisfiable':
      return { status: 416, headers: { ...plainText, 'content-range': `bytes */${blob.size}` } }
    case 'malformed-range':
      return { status: 400, headers: plainText }
  }
}

const plainText = { 'content-type': 'text/plain; charset=utf-8' }

function validators({ etag, lastModified }: BlobStat): Record<string, string> {
  return { etag, 'last-modified': lastModified.toUTCString() }
}

function fileHeaders(name: string, blob: BlobStat, length: number): Record<string, string> {
  return {
    'content-type': contentTypeOf(name),
    'content-disposition': attachmentDisposition(name),
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'self'",
    'accept-ranges': 'bytes',
    'content-length': String(length),
    ...validators(blob),
  }
}

/** The root is a folder even before anything lies in it. */
async function isFolder(blobs: BlobStore, key: BlobKey, path: string): Promise<boolean> {
  return normalArtifactPath(path) === '' || (await blobs.head(key))?.kind === 'directory'
}
