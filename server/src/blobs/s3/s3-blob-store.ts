import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { BlobKey } from '../blob-path.ts'
import type { BlobStat, BlobStore, ByteRange, OpenBlob } from '../blob-store.ts'
import { connectToS3, type S3Connection } from './s3-connection.ts'
import { directAccess } from './s3-direct.ts'
import { download } from './s3-download.ts'
import { s3Keys } from './s3-keys.ts'
import { hasKeys, listLevel } from './s3-listing.ts'
import type { S3Options } from './s3-options.ts'
import { removeObject, removeTree } from './s3-removal.ts'
import { upload } from './s3-upload.ts'
import { sharedBytes } from './shared-bytes.ts'
import { spareBuffers } from './spare-buffers.ts'

/** Bytes of parts on their way at once, of all uploads together, beyond the one that each upload may always have. */
const sharedPartBytes = 64 * 1024 * 1024
/** Buffers of parts that are kept for the next upload. */
const keptBuffers = 3

/**
 * Opens the store that keeps each blob as an object of a bucket. The bucket is not touched yet; it has to be there.
 *
 * Etags are those of S3: a blob that is written anew with the same bytes may keep its etag.
 *
 * @throws Error when the region is not known
 */
export async function openS3BlobStore(options: S3Options): Promise<BlobStore> {
  const store = await connectToS3(options)
  const keys = s3Keys(options.prefix)
  const memory = { shared: sharedBytes(sharedPartBytes), spare: spareBuffers(keptBuffers) }
  const direct = options.direct ? directAccess(store, keys) : undefined
  const { objectKey, folderPrefix } = keys

  return {
    location: store.location,

    async put(key, source) {
      keys.check(key)
      await upload(store, objectKey(key), source, memory)
    },

    async head(key) {
      const stat = await statOf(store, objectKey(key))
      if (stat !== undefined) return { kind: 'file', ...stat }
      return (await hasKeys(store, folderPrefix(key))) ? { kind: 'directory' } : undefined
    },

    async open(key) {
      const stat = await statOf(store, objectKey(key))
      return stat === undefined ? undefined : openObject(store, objectKey(key), stat)
    },

    list: (folder, page = {}) => listLevel(store, folderPrefix(folder), page),

    async remove(key: BlobKey) {
      await Promise.all([removeObject(store, objectKey(key)), removeTree(store, folderPrefix(key))])
    },

    directFor: () => direct,

    pathOf(location) {
      if (location === store.location) return ''
      return location.startsWith(`${store.location}/`) ? location.slice(store.location.length + 1) : undefined
    },
  }
}

/** The facts of an object; undefined when there is none. */
async function statOf(store: S3Connection, Key: string): Promise<BlobStat | undefined> {
  const found = await store.find((client) => client.send(new HeadObjectCommand({ Bucket: store.bucket, Key })))
  if (found === undefined) return undefined
  const { ContentLength = 0, ETag = '', LastModified = new Date(0) } = found
  return { size: ContentLength, etag: ETag, lastModified: LastModified }
}

/** Nothing is held open: what is read later has to carry the same etag. */
function openObject(store: S3Connection, key: string, stat: BlobStat): OpenBlob {
  const whole: ByteRange = { start: 0, end: stat.size - 1 }
  let taken = false
  async function read(range = whole): Promise<Readable> {
    if (taken) throw new Error('An open blob can be read once.')
    taken = true
    return stat.size === 0 ? Readable.from([]) : download(store, key, stat.etag, range)
  }
  return {
    ...stat,
    chunks: read,
    bytes: async (range) => buffer(await read(range)),
    async [Symbol.asyncDispose]() {},
  }
}
