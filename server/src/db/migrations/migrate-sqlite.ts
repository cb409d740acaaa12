import type { DatabaseLog } from '../database-options.ts'
import type { SyncConnection } from '../sync-connection.ts'
import { createMigrationsTable, type Migration, pendingMigrations } from './migration.ts'
import { migrations } from './migrations.ts'

/**
 * Brings the schema up to date, each step in its own transaction. The lock on the data directory keeps others away.
 *
 * @throws SchemaTooNew
 */
export function migrateSqlite(
  connection: SyncConnection,
  now: number,
  log?: DatabaseLog,
  all: readonly Migration[] = migrations,
): void {
  connection.exec(createMigrationsTable.sqlite)
  const applied = connection.all('select version from schema_migrations', []).map(({ version }) => Number(version))
  for (const migration of pendingMigrations(all, applied)) {
    connection.exec('begin immediate')
    try {
      for (const statement of migration.statements('sqlite', now)) connection.exec(statement)
      connection.run('insert into schema_migrations (version, name, applied_at) values (?, ?, ?)', [
        migration.version,
        migration.name,
        now,
      ])
      connection.exec('commit')
    } catch (error) {
      connection.exec('rollback')
      throw error
    }
    log?.info({ version: migration.version, name: migration.name }, 'Schema step applied')
  }
}
