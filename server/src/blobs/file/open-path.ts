import { readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './file-errors.ts'
import { isReachedPlainly } from './plain-path.ts'

/** Where Linux shows the paths of open files, when it is mounted. */
const linksOfLinux = process.platform === 'linux' ? '/proc/self/fd' : undefined

/**
 * Whether an open file lies at a path indeed, and not where a symbolic link in the path has led.
 *
 * @param links directory with a link for each open file; without it the path is walked, which costs more
 */
export async function isOpenAt(descriptor: number, path: string, links = linksOfLinux): Promise<boolean> {
  const actual = links === undefined ? undefined : openPath(`${links}/${descriptor}`)
  if (actual === undefined) return isReachedPlainly(dirname(path))
  // A file that has been replaced or removed since it was opened.
  return actual === path || actual === `${path} (deleted)`
}

/** Undefined where no such links are, as in a container without /proc. */
function openPath(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
