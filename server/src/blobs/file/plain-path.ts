import { realpath } from 'node:fs/promises'
import { isAbsent } from './file-errors.ts'

/** Whether something lies at a path and no part of the path is a symbolic link. */
export async function isReachedPlainly(path: string): Promise<boolean> {
  try {
    return (await realpath(path)) === path
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}
