import type { Database } from './database.ts'
import type { DatabaseOptions } from './database-options.ts'
import { openPostgresDatabase } from './dialects/postgres/postgres-database.ts'
import { openSqliteDatabase } from './dialects/sqlite/sqlite-database.ts'

/**
 * Opens the database, brings its schema up to date and checks that it can be used.
 *
 * @throws FileInUse when another server has the SQLite file open; SchemaTooNew; an error of the driver
 *   when the server or file cannot be reached
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return /^postgres(ql)?:\/\//.test(options.url) ? openPostgresDatabase(options) : openSqliteDatabase(options)
}
