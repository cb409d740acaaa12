import { invalidParameter } from '../../errors/errors.ts'
import type { BlobKey } from '../blob-path.ts'

/** UTF-8 bytes of an object's key that S3 takes. */
const longestObjectKey = 1024

/** How the keys of a store and those of its bucket belong together. */
export interface S3Keys {
  /** The key of the object. */
  objectKey(key: BlobKey): string
  /** What the keys of all objects below a folder begin with. */
  folderPrefix(folder: BlobKey): string
  /**
   * Refuses what no bucket can hold.
   * @throws invalid-parameter
   */
  check(key: BlobKey): void
}

export function s3Keys(prefix: string): S3Keys {
  const objectKey = (key: BlobKey) => (prefix === '' ? key : `${prefix}/${key}`)
  return {
    objectKey,
    folderPrefix: (folder) => `${objectKey(folder)}/`,
    check(key) {
      if (Buffer.byteLength(objectKey(key)) > longestObjectKey) {
        throw invalidParameter('Path is too long for the artifact store')
      }
    },
  }
}
