import { type Dirent, lstat } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { BlobEntry, BlobPage, ListOptions } from '../blob-store.ts'
import { isAbsent } from './file-errors.ts'

/** File sizes asked for at once: enough to keep the thread pool busy without filling it for everybody else. */
const parallelStats = 32

/**
 * One page of a directory. Symbolic links, sockets and the like are not shown.
 * @param hidden a name that is left out
 */
export async function listDirectory(directory: string, options: ListOptions, hidden?: string): Promise<BlobPage> {
  let found: Dirent[]
  try {
    found = await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isAbsent(error)) return { entries: [] }
    throw error
  }
  const { after, limit = found.length } = options
  const wanted = found
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && entry.name !== hidden)
    .filter((entry) => after === undefined || compareByCodePoint(entry.name, after) > 0)
    .sort((left, right) => compareByCodePoint(left.name, right.name))
  const page = wanted.slice(0, limit)
  const entries = await withSizes(directory, page)
  const last = page.at(-1)
  return last !== undefined && wanted.length > page.length ? { entries, next: last.name } : { entries }
}

async function withSizes(directory: string, page: readonly Dirent[]): Promise<BlobEntry[]> {
  const entries = new Array<BlobEntry | undefined>(page.length)
  let next = 0
  const worker = async () => {
    while (next < page.length) {
      const index = next++
      const { name } = page[index] as Dirent
      if (page[index]?.isDirectory()) entries[index] = { name, isDirectory: true, size: 0 }
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
