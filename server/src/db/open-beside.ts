import type { Database } from './database.ts'
import { FileInUse } from './dialects/sqlite/file-lock.ts'
import { openDatabase } from './open-database.ts'

/**
 * Opens a database for a short while, also when a server has it open: then beside it, which SQLite allows between processes
 * of one machine. Meant for tables of which the server remembers nothing without asking again.
 *
 * @param url as of `openDatabase`
 */
export async function openBeside(url: string): Promise<Database> {
  try {
    return await openDatabase({ url })
  } catch (error) {
    if (!(error instanceof FileInUse)) throw error
    // The server has brought the schema up to date.
    return openDatabase({ url, beside: true, migrate: false })
  }
}
