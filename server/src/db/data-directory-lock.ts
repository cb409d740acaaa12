import { join } from 'node:path'
import { FileInUse, lockFile } from './dialects/sqlite/file-lock.ts'

/** Another server has the data directory. The message names the directory and the holder. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string, { holder }: FileInUse) {
    super(
      `The data directory ${directory} is in use by another Runstead server (${holder}). Stop that server first, or choose another directory.`,
    )
    this.name = 'DataDirectoryInUse'
  }
}

/**
 * Locks a data directory for this process until disposed. A lock ends with its process, however that ends.
 *
 * @throws DataDirectoryInUse when another server holds it
 */
export function lockDataDirectory(directory: string): Disposable {
  try {
    return lockFile(join(directory, 'server'))
  } catch (error) {
    throw error instanceof FileInUse ? new DataDirectoryInUse(directory, error) : error
  }
}
