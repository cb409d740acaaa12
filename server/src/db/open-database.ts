import type { Database } from './database.ts'
import type { DatabaseOptions } from './database-options.ts'

/**
 * Opens the database, brings its schema up to date and checks that it can be used. Only the driver of its engine is
 * loaded: the other one would cost memory for nothing.
 *
 * @throws FileInUse when another server has the SQLite file open; SchemaTooNew; an error of the driver when the server or
 *   file cannot be reached
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(options.url)) {
    const { openPostgresDatabase } = await import('./dialects/postgres/postgres-database.ts')
    return openPostgresDatabase(options)
  }
  const { openSqliteDatabase } = await import('./dialects/sqlite/sqlite-database.ts')
  return openSqliteDatabase(options)
}
