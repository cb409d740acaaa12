import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A lock on a data directory that another process holds. The message names the directory and the holder. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string, holder: string) {
    super(
      `The data directory ${directory} is in use by another Runstead server (${holder}). Stop that server first, or choose another directory.`,
    )
    this.name = 'DataDirectoryInUse'
  }
}

/**
 * Locks a data directory for this process until disposed. The lock is the operating system's lock on `server.lock` (an
 * empty SQLite database in an exclusive transaction), which ends with the process however that ends: nothing stale can
 * stay behind. `server.pid` only says who the holder is.
 *
 * @throws DataDirectoryInUse when another server holds it
 */
export function lockDataDirectory(directory: string): Disposable {
  const pidFile = join(directory, 'server.pid')
  const lock = new DatabaseSync(join(directory, 'server.lock'), { timeout: 0 })
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    lock.close()
    if (isBusy(error)) throw new DataDirectoryInUse(directory, describeHolder(pidFile))
    throw error
  }
  writeFileSync(pidFile, `${process.pid} ${hostname()}\n`)
  let held = true
  return {
    [Symbol.dispose]() {
      if (!held) return
      held = false
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}

function describeHolder(pidFile: string): string {
  try {
    const [pid, host] = readFileSync(pidFile, 'utf8').trim().split(' ')
    if (!pid) return 'process id not known'
    return host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`
  } catch {
    return 'process id not known'
  }
}
