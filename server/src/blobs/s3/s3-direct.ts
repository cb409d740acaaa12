import { setImmediate as breathe } from 'node:timers/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { unavailable } from '../../errors/errors.ts'
import type { DirectAccess, PresignedRequest } from '../blob-store.ts'
import type { S3Connection } from './s3-connection.ts'
import type { S3Keys } from './s3-keys.ts'

/** Seconds in which all parts of an upload have to be sent. Their URLs are good for nothing else. */
const partValidity = 12 * 60 * 60
/** ms for a store to put the parts of a large upload together. */
const completionLimit = 15 * 60_000
/** URLs that are signed in one go: half a millisecond each. */
const signedAtOnce = 20

/** What clients of an S3 store may do by themselves: a signature for one object and one purpose goes with each URL. */
export function directAccess(store: S3Connection, keys: S3Keys): DirectAccess {
  const { bucket: Bucket, presigner } = store

  return {
    async presignGet(key, seconds, disposition) {
      const answer = disposition === undefined ? {} : { ResponseContentDisposition: disposition }
      const command = new GetObjectCommand({ Bucket, Key: keys.objectKey(key), ...answer })
      const url = await store.call(() => getSignedUrl(presigner, command, { expiresIn: seconds }))
      return { url, headers: {} }
    },

    async presignPut(key, seconds, contentType) {
      keys.check(key)
      const command = new PutObjectCommand({ Bucket, Key: keys.objectKey(key), ContentType: contentType })
      const url = await store.call(() => getSignedUrl(presigner, command, { expiresIn: seconds }))
      return { url, headers: { 'Content-Type': contentType } }
    },

    async createMultipart(key, parts) {
      keys.check(key)
      const target = { Bucket, Key: keys.objectKey(key) }
      const { UploadId } = await store.call((client) => client.send(new CreateMultipartUploadCommand(target)))
      if (!UploadId) throw unavailable(`The artifact store ${store.location} gave no id for an upload.`)
      const requests: PresignedRequest[] = []
      for (let PartNumber = 1; PartNumber <= parts; PartNumber++) {
        const command = new UploadPartCommand({ ...target, UploadId, PartNumber })
        const url = await store.call(() => getSignedUrl(presigner, command, { expiresIn: partValidity }))
        requests.push({ url, headers: {} })
        if (PartNumber % signedAtOnce === 0) await breathe()
      }
      return { uploadId: UploadId, requests }
    },

    async completeMultipart(key, uploadId, parts) {
      const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }))
      const target = { Bucket, Key: keys.objectKey(key), UploadId: uploadId, MultipartUpload: { Parts } }
      const limits = { requestTimeout: completionLimit }
      await store.call((client) => client.send(new CompleteMultipartUploadCommand(target), limits))
    },

    async abortMultipart(key, uploadId) {
      const target = { Bucket, Key: keys.objectKey(key), UploadId: uploadId }
      await store.call((client) => client.send(new AbortMultipartUploadCommand(target)))
    },
  }
}
