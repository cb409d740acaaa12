import { lstat } from 'node:fs/promises'
import type { BlobEntry } from '../blob-store.ts'
import { readEntries } from './directory-listing.ts'
import { isAbsent } from './file-errors.ts'

/** Entries that are remembered at most, of all directories together. */
const mostEntries = 50_000

/** ms for which sizes are believed: another program may change a file in place, which its directory does not show. */
const believedFor = 2_000

/** Clocks of file systems tick slowly: only what has been quiet for this many ms shows every later change. */
const quietAfter = 2_000

interface Remembered {
  readonly version: string
  /** When the reading began, by `now`. */
  readonly began: number
  readonly entries: Promise<readonly BlobEntry[]>
  /** 0 until they have been read. */
  count: number
}

/**
 * Lists directories and remembers the lists for a moment. This server only ever moves blobs into their directory and out of
 * it, which shows in the directory's own time of change; what another program does to a file in place shows after
 * two seconds. To page through a folder of thousands costs one reading instead of one a page, and many who ask at once share it.
 *
 * @param now ms of a clock that does not jump
 */
export function directoryListings(
  now: () => number = () => performance.now(),
): (directory: string) => Promise<readonly BlobEntry[]> {
  const remembered = new Map<string, Remembered>()

  function forgetOldest(): void {
    let total = 0
    for (const { count } of remembered.values()) total += count
    for (const [directory, { count }] of remembered) {
      if (total <= mostEntries) return
      total -= count
      remembered.delete(directory)
    }
  }

  return async (directory) => {
    const version = await versionOf(directory)
    const known = remembered.get(directory)
    remembered.delete(directory)
    if (version === undefined) return readEntries(directory)
    if (known?.version === version && now() - known.began < believedFor) {
      remembered.set(directory, known)
      return known.entries
    }
    const reading: Remembered = { version, began: now(), entries: readEntries(directory), count: 0 }
    remembered.set(directory, reading)
    try {
      const entries = await reading.entries
      reading.count = entries.length
      forgetOldest()
      return entries
    } catch (error) {
      if (remembered.get(directory) === reading) remembered.delete(directory)
      throw error
    }
  }
}

/** Changes whenever a name in the directory does; undefined when that cannot be relied on. */
async function versionOf(directory: string): Promise<string | undefined> {
  try {
    const { mtimeMs, mtimeNs, ino } = await lstat(directory, { bigint: true })
    return Number(mtimeMs) < Date.now() - quietAfter ? `${mtimeNs}-${ino}` : undefined
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
