import { open } from 'node:fs/promises'
import { isAbsent } from './file-errors.ts'

/** Puts the names of a directory on disk: a file whose name is not there is lost in a power cut, however well synced. */
export type DirectorySync = (directory: string) => Promise<void>

/**
 * Makes a `DirectorySync` in which callers for one directory share the work: those who come while one flush is running
 * wait together for the next, which begins after all of them have asked.
 */
export function directorySync(): DirectorySync {
  const running = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()

  function start(directory: string): Promise<void> {
    const flush = flushDirectory(directory).finally(() => running.delete(directory))
    running.set(directory, flush)
    return flush
  }

  return (directory) => {
    const current = running.get(directory)
    if (current === undefined) return start(directory)
    const queued = waiting.get(directory)
    if (queued !== undefined) return queued
    const begin = () => {
      waiting.delete(directory)
      return start(directory)
    }
    const next = current.then(begin, begin)
    waiting.set(directory, next)
    return next
  }
}

async function flushDirectory(directory: string): Promise<void> {
  // Windows has no way to flush a directory; NTFS journals the names by itself.
  if (process.platform === 'win32') return
  try {
    await using handle = await open(directory, 'r')
    await handle.sync()
  } catch (error) {
    // Removed meanwhile: there is no name left to keep.
    if (!isAbsent(error)) throw error
  }
}
