import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { directoryTables } from '../testing/statement-rules.ts'
import { type TableShape, tableShapes } from '../testing/table-shapes.ts'
import type { Database } from './database.ts'

/**
 * The rules that let the tables be distributed by tenant as they are (docs/decisions has them in words). Those about
 * statements are checked after every test that uses a database, see `testing/statement-rules.ts`; that steps can be run
 * again is tested with the migrations.
 */
describe.each(databases)('the schema on %s', (engine) => {
  let database: Database
  let shapes: TableShape[]
  let tenantShapes: TableShape[]

  beforeAll(async () => {
    database = await openTestDatabase(engine)
    shapes = await tableShapes(database)
    tenantShapes = shapes.filter(({ name }) => !directoryTables.includes(name))
    expect(tenantShapes.length).toBeGreaterThan(15)
  })

  afterAll(() => database[Symbol.asyncDispose]())

  test('gives every table a primary key that starts with the tenant', () => {
    const wrong = tenantShapes.filter(({ primaryKey }) => primaryKey[0] !== 'tenant')
    expect(wrong).toEqual([])
    expect(shapes.filter(({ primaryKey }) => primaryKey.length === 0)).toEqual([])
  })

  test('has the tenant in front of every index', () => {
    const wrong = tenantShapes.flatMap(({ name, indexes }) =>
      indexes.filter(({ columns }) => columns[0] !== 'tenant').map((index) => `${name}: ${index.name}`),
    )
    expect(wrong).toEqual([])
  })

  test('lets no column of a key be null', () => {
    const wrong = shapes.flatMap(({ name, primaryKey, columns }) =>
      columns
        .filter((column) => primaryKey.includes(column.name) && !column.notNull)
        .map((column) => `${name}.${column.name}`),
    )
    expect(wrong).toEqual([])
  })
})

describe.runIf(databases.includes('postgres'))('the schema on PostgreSQL', () => {
  let database: Database

  beforeAll(async () => {
    database = await openTestDatabase('postgres')
    return () => database[Symbol.asyncDispose]()
  })

  const names = async (query: string) => {
    const { rows } = await sql.raw<{ name: string }>(query).execute(database.read)
    return rows.map(({ name }) => name)
  }

  test.each([
    ['sequences', `select relname as name from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace`],
    [
      'identity, generated or default columns',
      `select a.attrelid::regclass || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and a.attnum > 0
          and (a.attidentity <> '' or a.attgenerated <> '' or a.atthasdef)`,
    ],
    [
      'foreign keys, exclusion constraints or constraint triggers',
      `select conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'x', 't')`,
    ],
    ['triggers', 'select tgname as name from pg_trigger where not tgisinternal'],
    [
      'rules',
      `select r.rulename as name from pg_rewrite r join pg_class c on c.oid = r.ev_class
        where c.relnamespace = 'public'::regnamespace`,
    ],
    [
      'types of its own, but for those of its tables',
      `select t.typname as name from pg_type t left join pg_class c on c.oid = t.typrelid
        where t.typnamespace = 'public'::regnamespace and coalesce(c.relkind, ' ') not in ('r', 'p') and t.typelem = 0`,
    ],
    ['functions', `select proname as name from pg_proc where pronamespace = 'public'::regnamespace`],
    ['extensions', `select extname as name from pg_extension where extname <> 'plpgsql'`],
    [
      'views, materialized views or foreign tables',
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')`,
    ],
    [
      'text that is compared by a locale',
      `select a.attrelid::regclass || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_collation l on l.oid = a.attcollation
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and l.collname <> 'C'`,
    ],
    ['partitions', `select relname as name from pg_class where relkind = 'p'`],
  ])('has no %s', async (_, query) => {
    expect(await names(query)).toEqual([])
  })

  test('keeps the payloads of segments out of line as they are', async () => {
    const stored = await names(`select attrelid::regclass || ' ' || attstorage::text as name from pg_attribute
      where attname = 'payload' order by 1`)
    expect(stored).toEqual(['metric_segments e'])
  })
})

describe.runIf(databases.includes('sqlite'))('the schema on SQLite', () => {
  let database: Database

  beforeAll(async () => {
    database = await openTestDatabase('sqlite')
    return () => database[Symbol.asyncDispose]()
  })

  test('has nothing but strict tables without rowid, and their indexes', async () => {
    const { rows: tables } = await sql<{ name: string; wr: number; strict: number; type: string }>`
      select name, wr, strict, type from pragma_table_list where schema = 'main' and name not like 'sqlite\\_%' escape '\\'`.execute(
      database.read,
    )
    expect(tables.filter(({ wr, strict, type }) => wr !== 1 || strict !== 1 || type !== 'table')).toEqual([])
    const { rows: others } = await sql`select name from sqlite_schema where type not in ('table', 'index')`.execute(
      database.read,
    )
    expect(others).toEqual([])
  })

  test('has no foreign keys and no defaults', async () => {
    const { rows } = await sql`select t.name from pragma_table_list t, pragma_foreign_key_list(t.name)
      union all select c.name from pragma_table_list t, pragma_table_info(t.name) c
        where t.schema = 'main' and c.dflt_value is not null and t.name not like 'sqlite\\_%' escape '\\'`.execute(
      database.read,
    )
    expect(rows).toEqual([])
  })
})

test('correctness outside the dialects rests on no session lock, notification or count of rows', async () => {
  const forbidden =
    /pg_(try_)?advisory|\bpg_notify\b|\bwith hold\b|\block table\b|create temp|\bnumUpdatedRows\b|\bnumDeletedRows\b|\bnumInsertedOrUpdatedRows\b|\bnumAffectedRows\b|\browCount\b/i
  const source = join(import.meta.dirname, '..')
  const found: string[] = []
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !/\.ts$/.test(entry.name) || /\.test\.ts$/.test(entry.name)) continue
    if (path.includes(join('db', 'dialects')) || path.includes(join(source, 'testing'))) continue
    if (forbidden.test(await readFile(path, 'utf8'))) found.push(path)
  }
  expect(found).toEqual([])
})
