import type { DatabaseLog } from '../database-options.ts'
import { DriverError } from '../driver-error.ts'
import { createMigrationsTable, type Migration, pendingMigrations } from './migration.ts'
import { migrations } from './migrations.ts'

const mostTries = 5

/** Runs statements on one connection, outside any transaction unless they begin one. */
export type RunStatement = (sql: string, params?: readonly unknown[]) => Promise<Record<string, unknown>[]>

/**
 * Brings the schema up to date, each step in its own transaction. The transaction of a step holds a lock on row 0 of
 * `schema_migrations`, so that of several replicas which start together one applies the step and the others find it done.
 *
 * @throws SchemaTooNew
 */
export async function migratePostgres(
  run: RunStatement,
  now: number,
  log?: DatabaseLog,
  all: readonly Migration[] = migrations,
): Promise<void> {
  await createLockRow(run)
  for (;;) {
    const applied = await inOwnTransaction(run, async () => {
      await run('select version from schema_migrations where version = 0 for update')
      const rows = await run('select version from schema_migrations where version > 0')
      const [next] = pendingMigrations(
        all,
        rows.map(({ version }) => Number(version)),
      )
      if (!next) return undefined
      for (const statement of next.statements('postgres', now)) await run(statement)
      await run('insert into schema_migrations (version, name, applied_at) values ($1, $2, $3)', [
        next.version,
        next.name,
        now,
      ])
      return next
    })
    if (!applied) return
    log?.info({ version: applied.version, name: applied.name }, 'Schema step applied')
  }
}

/** PostgreSQL's `if not exists` is no protection against another session that creates the table at the same moment. */
async function createLockRow(run: RunStatement): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run(createMigrationsTable.postgres)
      await run(
        `insert into schema_migrations (version, name, applied_at) values (0, 'lock', 0) on conflict do nothing`,
      )
      return
    } catch (error) {
      if (attempt === mostTries) throw error
    }
  }
}

/** Runs `work` again when it has met another replica, which then has done what there was to do. */
async function inOwnTransaction<T>(run: RunStatement, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      // After waiting for the lock, the next statement must see what its holder has committed.
      await run('begin isolation level read committed')
      const value = await work()
      await run('commit')
      return value
    } catch (error) {
      await run('rollback').catch(() => undefined)
      const met = error instanceof DriverError && (error.kind === 'conflict' || error.kind === 'unique')
      if (!met || attempt === mostTries) throw error
    }
  }
}
