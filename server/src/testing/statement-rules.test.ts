import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import type { RecordedStatement } from '../db/database-options.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from './databases.ts'
import { assignedKeys, brokenRules } from './statement-rules.ts'

const tenant = tenantOf(1)

describe('assigned keys', () => {
  const keys = new Map([
    ['runs', ['tenant', 'run']],
    ['params', ['tenant', 'run', 'key']],
  ])

  test.each([
    'update "runs" set "run" = $1 where "tenant" = $2',
    'update runs set name = $1, tenant = 2 where tenant = 1',
    'update runs as r set (name, run) = ($1, $2) where r.tenant = $3',
    'insert into params (tenant, run, key) values ($1, $2, $3) on conflict (tenant, run, key) do update set key = excluded.key',
    "update runs set name = coalesce(name, 'a, run = b'), run = run + 1",
    'with u as (select 1) update runs set name = (select max(x) from u), run = 2 returning run',
  ])('are found in %s', (text) => {
    expect(assignedKeys(text, keys)).not.toEqual([])
  })

  test.each([
    'update "runs" set "name" = $1, "revision" = "revision" + 1 where "tenant" = $2 and "run" = $3',
    "update runs set name = coalesce(name, 'a, run = b') where tenant = 1 and run = 2",
    'update runs set name = case when run = 1 then $1 else name end where tenant = 1',
    'insert into params (tenant, run, key, value) values ($1, $2, $3, $4) on conflict (tenant, run, key) do update set value = excluded.value returning run, key',
    'update runs set name = u.name from unnest($1::int8[]) as u(run) where runs.tenant = 1 and runs.run = u.run',
    'insert into runs (tenant, run) values (1, 2) on conflict do nothing',
    'select * from runs where tenant = 1 and run = 2 for update',
  ])('are not found in %s', (text) => {
    expect(assignedKeys(text, keys)).toEqual([])
  })
})

describe.each(databases)('statement rules on %s', (engine) => {
  const one = engine === 'sqlite' ? '?' : '$1'
  const two = engine === 'sqlite' ? '?' : '$2'

  let database: Database

  beforeAll(async () => {
    database = await openTestDatabase(engine)
    return () => database[Symbol.asyncDispose]()
  })

  const judge = (...statements: (Partial<RecordedStatement> & { sql: string })[]) =>
    brokenRules(
      database,
      statements.map((statement) => ({ parameters: [], handle: 'read', ...statement })),
    )

  test.each([
    `select * from runs where run = ${one}`,
    `select * from "runs" as "r" where "r"."name" = ${one}`,
    `select * from runs r join tags t on t.run = r.run where r.tenant = ${one}`,
    `select * from runs r where r.tenant = ${one} and exists (select 1 from tags where tags.run = r.run)`,
    `with page as (select * from runs where tenant = ${one} limit 10) select * from page p join params v on v.run = p.run`,
    `update runs set name = 'x' where run = ${one}`,
    `delete from params where run = ${one}`,
    'select count(*) from metric_segments',
    `insert into tags select * from params where run = ${one}`,
  ])('find an access without tenant: %s', async (text) => {
    expect(await judge({ sql: text })).toEqual([expect.stringMatching(/^reads \w+ without naming the tenant: /)])
  })

  test.each([
    `select * from runs where tenant = ${one} and run = ${two}`,
    `select * from runs r join tags t on t.tenant = r.tenant and t.run = r.run where r.tenant = ${one}`,
    `select * from runs r where r.tenant = ${one} and exists (select 1 from tags where tags.tenant = r.tenant and tags.run = r.run)`,
    `with page as (select * from runs where tenant = ${one} limit 10)
      select * from page p join params v on v.tenant = ${two} and v.run = p.run`,
    `update runs set name = 'x' where tenant = ${one} and run = ${two}`,
    `delete from params where tenant = ${one}`,
    `select count(*) from metric_segments where tenant = ${one} and run = ${two}`,
    `insert into tags select * from params where tenant = ${one}`,
    `insert into series_todo (tenant, run, key, since) values (1, 2, 3, 4) on conflict (tenant, run, key) do update set since = excluded.since`,
    "select * from workspaces where key = 'default'",
    `select r.name, count(*) from runs r where r.tenant = ${one} group by r.name order by count(*)`,
    'select 1',
  ])('have nothing against: %s', async (text) => {
    expect(await judge({ sql: text })).toEqual([])
  })

  test.each([
    'select pg_advisory_lock(1)',
    'listen changes',
    'set statement_timeout = 5',
    'create temporary table t (a int)',
    'select n from metric_segments_p3 where tenant = 1',
  ])('forbid: %s', async (text) => {
    expect(await judge({ sql: text })).toHaveLength(1)
  })

  test('keep a transaction in its tenant', async () => {
    const transaction = { tenant: 1, number: 1 }
    const text = `update runs set name = ${one} where tenant = ${two} and run = 5`
    expect(await judge({ sql: text, parameters: ['x', 1], transaction })).toEqual([])
    expect(await judge({ sql: text, parameters: ['x', 2], transaction })).toEqual([
      expect.stringMatching(/another tenant \(2\)/),
    ])
    const insert = 'insert into series_todo (run, tenant, key, since) values '
    const rows = engine === 'sqlite' ? '(?, ?, ?, ?), (?, ?, ?, ?)' : '($1, $2, $3, $4), ($5, $6, $7, $8)'
    expect(await judge({ sql: insert + rows, parameters: [9, 1, 9, 9, 9, 1, 9, 9], transaction })).toEqual([])
    expect(await judge({ sql: insert + rows, parameters: [9, 1, 9, 9, 9, 3, 9, 9], transaction })).toEqual([
      expect.stringMatching(/another tenant \(3\)/),
    ])
  })

  test('bound a transaction', async () => {
    const text = `update runs set name = ${one} where tenant = 1 and run = 5`
    const big = { sql: text, parameters: ['x'.repeat(3 * 1024 * 1024)] }
    const transaction = (number: number) => ({ transaction: { tenant: 1, number } })
    expect(await judge({ ...big, ...transaction(1) }, { ...big, ...transaction(2) })).toEqual([])
    expect(await judge({ ...big, ...transaction(1) }, { ...big, ...transaction(1) })).toEqual([
      expect.stringMatching(/transaction of 0 rows, 6291456 bytes/),
    ])
  })

  test('are checked when a test database is closed', async () => {
    const inLookup = await openTestDatabase(engine)
    await sql`select name from runs where run = ${5}`.execute(inLookup.lookup)
    await expect(inLookup[Symbol.asyncDispose]()).rejects.toThrow(/reads runs without naming the tenant/)
    const inTransaction = await openTestDatabase(engine)
    await inTransaction.write(tenant, (tx) => sql`update runs set run = 1 where tenant = 1`.execute(tx))
    await expect(inTransaction[Symbol.asyncDispose]()).rejects.toThrow(/assigns runs.run/)
  })

  test('see the statements of group commits too', async () => {
    const statements: RecordedStatement[] = []
    await using database = await openTestDatabase(engine, { onStatement: (statement) => statements.push(statement) })
    const log = { kind: 'log', runId: 'a'.repeat(32), params: [], tags: [], source: 'single' } as const
    await database.writeGroup(tenant, 'batch', [{ ...log, metrics: [{ key: 'a', value: 1, timestamp: 1, step: 1 }] }])
    const own = statements.filter(({ handle }) => handle === 'group')
    expect(own.some((statement) => /\bruns\b/.test(statement.sql))).toBe(true)
    expect(own.every(({ transaction }) => transaction?.tenant === 1)).toBe(true)
  })
})
