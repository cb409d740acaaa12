import { type Dirent, lstat } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { BlobEntry } from '../blob-store.ts'
import { isAbsent } from './file-errors.ts'

/** File sizes asked for at once: enough to keep the thread pool busy without filling it for everybody else. */
const parallelStats = 32

/** Files and folders of a directory, by code point. Symbolic links, sockets and the like are not shown. */
export async function readEntries(directory: string): Promise<readonly BlobEntry[]> {
  let found: Dirent[]
  try {
    found = await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
  const shown = found.filter((entry) => entry.isFile() || entry.isDirectory())
  return withSizes(
    directory,
    shown.sort((left, right) => compareByCodePoint(left.name, right.name)),
  )
}

async function withSizes(directory: string, found: readonly Dirent[]): Promise<BlobEntry[]> {
  const entries = new Array<BlobEntry | undefined>(found.length)
  let next = 0
  const worker = async () => {
    for (let index = next++; index < found.length; index = next++) {
      const { name } = found[index] as Dirent
      if (found[index]?.isDirectory()) entries[index] = { name, isDirectory: true, size: 0 }
      else {
        const size = await fileSize(join(directory, name))
        if (size !== undefined) entries[index] = { name, isDirectory: false, size }
      }
    }
  }
  await Promise.all(Array.from({ length: parallelStats }, worker))
  return entries.filter((entry) => entry !== undefined)
}

/** Bytes of a file; undefined when it has vanished since the directory was read. */
function fileSize(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    // The callback form costs half of the promise form, which shows in a folder of thousands.
    lstat(path, (error, stat) => {
      if (error === null) resolve(stat.size)
      else if (isAbsent(error)) resolve(undefined)
      else reject(error)
    })
  })
}
