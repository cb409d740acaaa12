import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { AppError } from '../../errors/app-error.ts'
import { unavailable } from '../../errors/errors.ts'
import { type PartReader, partReader } from './part-reader.ts'
import { partSize } from './part-sizes.ts'
import type { S3Connection } from './s3-connection.ts'
import type { SharedBytes } from './shared-bytes.ts'
import type { SpareBuffers } from './spare-buffers.ts'

/** Memory of all uploads of a store. */
export interface UploadMemory {
  readonly shared: SharedBytes
  readonly spare: SpareBuffers
}

/** Parts of one upload that are on their way at once. */
const mostUnderWay = 2
/** ms for a store to put the parts of a large upload together, which some do by copying them. */
const completionLimit = 15 * 60_000

/**
 * Stores everything that a source has. What fits into the first part goes in one request; more goes in parts, of which a
 * few are on their way while the next is read. Nothing is to be seen of an upload before it is complete, and of one that
 * fails the parts are removed, as far as the store can still be reached.
 *
 * @param memory what all uploads share: parts on their way beyond one for each, and buffers that are free
 * @throws the error of the source, or an AppError of the store
 */
export async function upload(
  store: S3Connection,
  Key: string,
  source: AsyncIterable<Uint8Array>,
  memory: UploadMemory,
): Promise<void> {
  const reader = partReader(source, memory.spare)
  try {
    const first = (await reader.next(partSize(1))) ?? Buffer.alloc(0)
    const second = first.length < partSize(1) ? undefined : await reader.next(partSize(2))
    if (second === undefined) {
      const command = { Bucket: store.bucket, Key, Body: first }
      await store.call((client) => client.send(new PutObjectCommand(command), store.limits(first.length)))
    } else await uploadInParts(store, Key, [first, second], reader, memory.shared)
  } catch (error) {
    // Not waited for: a source that gives nothing more would never let go.
    reader.release().catch(() => undefined)
    throw error
  }
}

async function uploadInParts(
  store: S3Connection,
  Key: string,
  waiting: Buffer[],
  reader: PartReader,
  shared: SharedBytes,
): Promise<void> {
  const target = { Bucket: store.bucket, Key }
  const created = await store.call((client) => client.send(new CreateMultipartUploadCommand(target), store.limits(0)))
  if (!created.UploadId) throw unavailable(`The artifact store ${store.location} gave no id for an upload.`)
  const upload = { ...target, UploadId: created.UploadId }
  const parts: CompletedPart[] = []
  const underWay = new Set<Promise<void>>()
  const stop = new AbortController()
  // First in every race: a part that has failed counts as over as well.
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)

  async function send(PartNumber: number, Body: Buffer, borrowed: boolean): Promise<void> {
    try {
      const command = { ...upload, PartNumber, Body }
      const { ETag } = await store.call((client) =>
        client.send(new UploadPartCommand(command), store.limits(Body.length, stop.signal)),
      )
      parts.push({ PartNumber, ETag })
      reader.recycle(Body)
    } finally {
      if (borrowed) shared.giveBack(Body.length)
    }
  }

  try {
    for (let number = 1; ; number++) {
      const next = waiting.shift() ?? (await Promise.race([failed.promise, reader.next(partSize(number))]))
      if (next === undefined) break
      let borrowed = false
      while (underWay.size > 0 && !borrowed) {
        borrowed = underWay.size < mostUnderWay && shared.take(next.length)
        if (!borrowed) await Promise.race([failed.promise, ...underWay])
      }
      const sending: Promise<void> = send(number, next, borrowed).then(
        () => void underWay.delete(sending),
        (error: unknown) => failed.reject(error),
      )
      underWay.add(sending)
    }
    await Promise.race([failed.promise, Promise.all(underWay)])
    parts.sort((left, right) => (left.PartNumber ?? 0) - (right.PartNumber ?? 0))
    const command = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })
    await store.call((client) => client.send(command, { requestTimeout: completionLimit }))
  } catch (error) {
    stop.abort()
    await Promise.all(underWay)
    await giveUp(store, upload)
    throw error
  }
}

/** Removes the parts of an upload. When that fails, the bucket's own rule for abandoned uploads has to. */
async function giveUp(store: S3Connection, upload: { Bucket: string; Key: string; UploadId: string }): Promise<void> {
  try {
    await store.call((client) => client.send(new AbortMultipartUploadCommand(upload), store.limits(0)))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}
