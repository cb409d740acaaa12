import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { DatabaseSync } from 'node:sqlite'

/** Another process holds the lock. */
export class FileInUse extends Error {
  /** Who holds it, for a message: `process 1234`. */
  readonly holder: string

  constructor(file: string, holder: string) {
    super(`${file} is in use by another Runstead server (${holder}).`)
    this.name = 'FileInUse'
    this.holder = holder
  }
}

/**
 * Locks `file` (which itself is not touched) for this process until disposed.
 *
 * The lock is the operating system's lock on `<file>.lock`, an empty SQLite database in an exclusive transaction. It ends
 * with the process, by `kill -9` too, so that nothing stale can stay behind; `<file>.pid` only says who the holder is.
 *
 * @throws FileInUse
 */
export function lockFile(file: string): Disposable {
  const pidFile = `${file}.pid`
  const lock = new DatabaseSync(`${file}.lock`, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw isBusy(error) ? new FileInUse(file, describeHolder(pidFile)) : error
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
