import { lstat, mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { invalidParameter } from '../../errors/errors.ts'
import type { DirectorySync } from './directory-sync.ts'
import { codeOf } from './file-errors.ts'
import { isReachedPlainly } from './plain-path.ts'

/** Often enough for any folder that is removed while blobs are put into it, and an end when something is wrong. */
const mostTries = 20

/**
 * Moves a complete, synced file to its place in one step and puts the names that lead there on disk. Folders on the way
 * are made; when one is removed at the same moment it is made again.
 * @throws invalid-parameter when a symbolic link or a file lies on the way
 */
export async function publish(staged: string, target: string, root: string, sync: DirectorySync): Promise<void> {
  const folder = dirname(target)
  for (let tries = 1; ; tries++) {
    try {
      const changed = await makeFolder(folder, root)
      await rename(staged, target)
      await Promise.all([folder, ...changed].map(sync))
      return
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries === mostTries) throw error
    }
  }
}

/** Makes a folder and those above it; gives the directories whose names changed. */
async function makeFolder(folder: string, root: string): Promise<string[]> {
  const missing: string[] = []
  let nearest = folder
  while (nearest !== root && !(await isReachedPlainly(nearest))) {
    missing.push(nearest)
    nearest = dirname(nearest)
  }
  // One by one: a recursive mkdir would walk through a symbolic link.
  for (const path of missing.toReversed()) await makeOneFolder(path)
  return missing.map((path) => dirname(path))
}

async function makeOneFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const stat = await lstat(path)
    if (stat.isSymbolicLink()) throw invalidParameter('Invalid path')
    if (!stat.isDirectory()) throw invalidParameter('A part of the path is a file, not a directory')
  }
}
