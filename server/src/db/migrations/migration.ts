import type { Engine } from '../database.ts'

/** One step of the schema. A released step never changes. */
export interface Migration {
  readonly version: number
  readonly name: string
  /**
   * The statements of the step, run in one transaction. Each of them does nothing when it has been run before.
   *
   * @param now epoch milliseconds, for seeds
   */
  statements(engine: Engine, now: number): string[]
}

/** The database was made by a newer Runstead than this one. */
export class SchemaTooNew extends Error {
  constructor(found: number, known: number) {
    super(
      `The database has schema version ${found}, but this version of Runstead knows only up to ${known}. Start the version that made it, or a newer one.`,
    )
    this.name = 'SchemaTooNew'
  }
}

/**
 * Which steps are still to do.
 *
 * @throws SchemaTooNew
 */
export function pendingMigrations(all: readonly Migration[], applied: readonly number[]): Migration[] {
  const known = all.at(-1)?.version ?? 0
  const found = Math.max(0, ...applied)
  if (found > known) throw new SchemaTooNew(found, known)
  return all.filter(({ version }) => !applied.includes(version))
}

export const createMigrationsTable: Record<Engine, string> = {
  sqlite:
    'create table if not exists schema_migrations (version integer not null primary key, name text not null, applied_at integer not null) strict, without rowid',
  postgres:
    'create table if not exists schema_migrations (version int4 not null primary key, name text collate "C" not null, applied_at int8 not null)',
}
