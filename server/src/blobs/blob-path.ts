import { invalidParameter } from '../errors/errors.ts'

/**
 * Where a blob lies inside a store: names joined by `/`, such as `workspaces/1/7/<run id>/artifacts/model/MLmodel`.
 * Only `blobKey` and `blobKeyBelow` make one, so a store never sees text that could lead out of it.
 */
export type BlobKey = string & { readonly __brand: 'blob-key' }

const longestName = 255
const longestKey = 4000

/**
 * Checks a key: no empty, `.` or `..` name, no leading or trailing `/`, no control character, no broken unicode,
 * names of at most 255 UTF-8 bytes (what file systems hold), at most 4000 bytes altogether.
 * The key is taken literally: nothing is decoded, so a `%2e%2e` is an ordinary name.
 * @throws invalid-parameter
 */
export function blobKey(text: string): BlobKey {
  if (!text.isWellFormed() || hasControlCharacter(text)) throw invalidParameter('Invalid path')
  if (Buffer.byteLength(text) > longestKey) throw invalidParameter(`Path is longer than ${longestKey} bytes`)
  for (const name of text.split('/')) {
    if (name === '' || name === '.' || name === '..') throw invalidParameter('Invalid path')
    if (Buffer.byteLength(name) > longestName) {
      throw invalidParameter(`Path contains a name longer than ${longestName} bytes: '${name}'`)
    }
  }
  return text as BlobKey
}

/**
 * The key of `path` below `root`; an empty path is the root itself.
 * @throws invalid-parameter when the path breaks a rule of `blobKey`
 */
export function blobKeyBelow(root: BlobKey, path: string): BlobKey {
  return path === '' ? root : blobKey(`${root}/${path}`)
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
