import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { unavailable } from '../../errors/errors.ts'
import type { S3Connection } from './s3-connection.ts'

/** Keys that S3 removes in one request, and lists in one answer. */
const keysAtOnce = 1_000

/** Removes an object, which need not be there. */
export async function removeObject(store: S3Connection, Key: string): Promise<void> {
  await store.find((client) => client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key })))
}

/**
 * Removes all objects whose keys begin with `prefix`, by thousands.
 * @throws AppError `unavailable` when the store keeps some of them
 */
export async function removeTree(store: S3Connection, prefix: string): Promise<void> {
  const { bucket: Bucket } = store
  let token: string | undefined
  do {
    const command = { Bucket, Prefix: prefix, MaxKeys: keysAtOnce, ContinuationToken: token }
    const { Contents = [], NextContinuationToken } = await store.call((client) =>
      client.send(new ListObjectsV2Command(command)),
    )
    if (Contents.length > 0) {
      const Delete = { Quiet: true, Objects: Contents.map(({ Key = '' }) => ({ Key })) }
      const { Errors = [] } = await store.call((client) => client.send(new DeleteObjectsCommand({ Bucket, Delete })))
      const kept = Errors.filter(({ Code }) => Code !== 'NoSuchKey')
      if (kept.length > 0) {
        throw unavailable(
          `The artifact store ${store.location} did not remove ${kept.length} objects (${kept[0]?.Code}).`,
        )
      }
    }
    token = NextContinuationToken
  } while (token !== undefined)
}
