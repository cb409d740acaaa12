import { type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { S3Connection } from './s3-connection.ts'
import { upload } from './s3-upload.ts'
import { sharedBytes } from './shared-bytes.ts'
import { spareBuffers } from './spare-buffers.ts'

const part = Buffer.alloc(8 * 1024 * 1024)

/** No real store can be made to fail in a chosen turn: this one answers parts when the test says so. */
function storeOfParts() {
  const parts: PromiseWithResolvers<unknown>[] = []
  const send = (command: unknown) => {
    if (!(command instanceof UploadPartCommand)) return Promise.resolve({ UploadId: 'upload' })
    const answer = Promise.withResolvers<unknown>()
    parts.push(answer)
    return answer.promise
  }
  const store: Pick<S3Connection, 'bucket' | 'location' | 'call' | 'limits'> = {
    bucket: 'bucket',
    location: 's3://bucket',
    call: (work) => work({ send } as unknown as S3Client),
    limits: () => ({ requestTimeout: 1 }),
  }
  return { parts, store: store as S3Connection }
}

test.each(Array.from({ length: 30 }, (_, pauses) => pauses))(
  'a part that fails just as the source goes on ends the upload (%i)',
  async (pauses) => {
    const third = Promise.withResolvers<Buffer>()
    async function* source() {
      yield part
      yield part
      yield await third.promise
    }
    const { parts, store } = storeOfParts()
    const memory = { shared: sharedBytes(8 * part.length), spare: spareBuffers(2) }
    const uploading = upload(store, 'key', source(), memory)
    uploading.catch(() => undefined)
    while (parts.length < 2) await new Promise(setImmediate)
    third.resolve(part)
    for (let pause = 0; pause < pauses; pause++) await undefined
    parts[0]?.reject(new Error('gone'))
    setImmediate(() => {
      for (const answer of parts) answer.resolve({ ETag: 'etag' })
    })
    await expect(uploading).rejects.toThrow('gone')
  },
)
