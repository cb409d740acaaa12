import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { codeOf, isAbsent } from './file-errors.ts'

/** Name of the directory beside the blobs that holds what is on its way in or out. It is no part of the store. */
export const stagingName = '.runstead'

/** What another host left behind is taken for dead after this many ms without a write. */
const abandonedAfter = 24 * 60 * 60 * 1000

const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')
/** Tells this process from an earlier one with the same number, as in a container, where it is always 1. */
const processToken = randomBytes(6).toString('hex')
let given = 0

/** A fresh path inside the staging area, named after its owner so that a later start can tell whether that one lives. */
export function stagingPath(root: string): string {
  return join(root, stagingName, `${host}.${process.pid}.${processToken}.${++given}`)
}

/** Makes the staging area and removes what a killed process left in it; uploads of living ones stay. */
export async function prepareStaging(root: string, now = Date.now()): Promise<void> {
  const area = join(root, stagingName)
  await mkdir(area, { recursive: true })
  for (const name of await readdir(area)) {
    const path = join(area, name)
    if (await isLeftover(name, path, now)) await rm(path, { recursive: true, force: true })
  }
}

async function isLeftover(name: string, path: string, now: number): Promise<boolean> {
  const [owner, pid, token] = name.split('.')
  if (owner === host && token !== processToken && !isOtherLivingProcess(Number(pid))) return true
  try {
    return (await lstat(path)).mtimeMs < now - abandonedAfter
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

function isOtherLivingProcess(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
