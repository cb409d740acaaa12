import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { tenantOf } from '../../lib/tenant.ts'
import { databases, makeTestDatabase } from '../../testing/databases.ts'
import { tableColumns } from '../../testing/table-columns.ts'
import { tableShapes } from '../../testing/table-shapes.ts'
import { openDatabase } from '../open-database.ts'
import { pendingMigrations, SchemaTooNew } from './migration.ts'
import { migrations } from './migrations.ts'

const tenant = tenantOf(1)

test('the steps are numbered from 1 without gaps', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})

test('steps that are done are left out, a newer schema is refused', () => {
  const all = [1, 2, 3].map((version) => ({ version, name: `step ${version}`, statements: () => [] }))
  expect(pendingMigrations(all, []).map(({ version }) => version)).toEqual([1, 2, 3])
  expect(pendingMigrations(all, [1, 2]).map(({ version }) => version)).toEqual([3])
  expect(pendingMigrations(all, [1, 2, 3])).toEqual([])
  expect(() => pendingMigrations(all, [1, 2, 3, 4])).toThrow(SchemaTooNew)
})

describe.each(databases)('migrations on %s', (engine) => {
  test('make the tables that the types describe', async () => {
    await using place = await makeTestDatabase(engine, 'empty')
    await using database = await openDatabase({ url: place.url })
    const shapes = (await tableShapes(database)).filter(({ name }) => name !== 'schema_migrations')
    expect(shapes.map(({ name }) => name)).toEqual(Object.keys(tableColumns).toSorted())
    for (const { name, columns } of shapes) {
      const described: Record<string, string> = tableColumns[name as keyof typeof tableColumns]
      expect({ name, columns: columns.map((column) => column.name).toSorted() }).toEqual({
        name,
        columns: Object.keys(described).toSorted(),
      })
      const wrong = columns.filter(({ name: column, type, notNull }) => {
        const kind = described[column] ?? ''
        return notNull === kind.endsWith('?') || !typesOf[kind.replace('?', '')]?.includes(type)
      })
      expect({ name, wrong }).toEqual({ name, wrong: [] })
    }
  })

  test('can be run again step by step, and change nothing then', async () => {
    await using place = await makeTestDatabase(engine, 'empty')
    const log: string[] = []
    const note = (_: object, message: string) => void log.push(message)
    const options = { url: place.url, log: { info: note, warn: note, error: note } }
    {
      await using database = await openDatabase(options)
      await database.write(tenant, async (tx) => {
        await tx.updateTable('workspaces').set({ next_experiment: 77 }).where('tenant', '=', tenant).execute()
        // As if the process had ended between a step and its entry.
        await tx
          .deleteFrom('schema_migrations' as never)
          .where('version' as never, '>', 0 as never)
          .execute()
      })
    }
    {
      await using database = await openDatabase(options)
      const workspaces = await database.lookup.selectFrom('workspaces').select('next_experiment').execute()
      expect(workspaces).toEqual([{ next_experiment: 77 }])
    }
    {
      await using _ = await openDatabase(options)
    }
    expect(log).toEqual(Array(migrations.length * 2).fill('Schema step applied'))
  })

  test('refuse a database of a newer version with a message that says what to do', async () => {
    await using place = await makeTestDatabase(engine, 'empty')
    {
      await using database = await openDatabase({ url: place.url })
      await database.write(tenant, async (tx) => {
        await tx
          .insertInto('schema_migrations' as never)
          .values({ version: 999, name: 'future', applied_at: 1 } as never)
          .execute()
      })
    }
    await expect(openDatabase({ url: place.url })).rejects.toThrow(SchemaTooNew)
    await expect(openDatabase({ url: place.url })).rejects.toThrow(
      /schema version 999, .* knows only up to \d+\. Start/,
    )
  })
})

describe.runIf(databases.includes('postgres'))('migrations on PostgreSQL', () => {
  test('are safe when several replicas start at once', async () => {
    await using place = await makeTestDatabase('postgres', 'empty')
    const log: string[] = []
    const note = (_: object, message: string) => void log.push(message)
    const opened = await Promise.all(
      Array.from({ length: 6 }, () =>
        openDatabase({ url: place.url, log: { info: note, warn: note, error: note }, poolSize: 2 }),
      ),
    )
    expect(log).toEqual(migrations.map(() => 'Schema step applied'))
    for (const database of opened) {
      const experiments = database.lookup.selectFrom('experiments').select('name').where('tenant', '=', tenant)
      expect(await experiments.execute()).toEqual([{ name: 'Default' }])
      await database[Symbol.asyncDispose]()
    }
  })

  test('refuse a database that is not UTF-8', async () => {
    await using place = await makeTestDatabase('postgres')
    await using database = await openDatabase({ url: place.url })
    await sql`create database latin template template0 encoding latin1 locale 'C'`.execute(database.read)
    const url = new URL(place.url)
    url.pathname = '/latin'
    await expect(openDatabase({ url: url.href })).rejects.toThrow(/encoding must be UTF8, not LATIN1/)
    await sql`drop database latin`.execute(database.read)
  })
})

/** The column types of SQLite and PostgreSQL that may stand behind a kind of `tableColumns`. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  int8: ['INTEGER', 'bigint'],
  number: ['INTEGER', 'REAL', 'smallint', 'integer', 'double precision'],
  text: ['TEXT', 'text'],
  bytes: ['BLOB', 'bytea'],
}
