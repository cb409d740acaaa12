import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import type { RecordedStatement } from '../../db/database-options.ts'
import { keyKind } from '../../db/tables/tables.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import type { SortValues } from '../../search/keyset.ts'
import { completeOrder, parseOrderBy } from '../../search/order-by-parser.ts'
import { runVocabulary } from '../../search/vocabulary/run-vocabulary.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { findRuns } from './run-search.ts'

const tenant = tenantOf(1)
const count = 20_000
/** The oldest runs: the last that a walk newest first meets. */
const inBoth = 5

/** Metric a is high in even runs, b in odd ones, both in the oldest few. NaN in none. */
const values = (run: number) => ({
  a: run <= inBoth || run % 2 === 0 ? 0.9 : 0.1,
  b: run <= inBoth || run % 2 === 1 ? 0.9 : 0.1,
})

async function fill(database: Database): Promise<void> {
  await database.write(tenant, async (tx) => {
    const keys = ['a', 'b'].map((name, index) => ({
      tenant,
      experiment: 0,
      kind: keyKind.metric,
      key: index + 1,
      name,
    }))
    await tx.insertInto('keys').values(keys).execute()
  })
  for (let first = 1; first <= count; first += 500) {
    const runs = Array.from({ length: 500 }, (_, index) => first + index)
    await database.write(tenant, async (tx) => {
      const fixed = { tenant, experiment: 0, name: 'r', user_id: '', status: 1, deleted: 0 as const, revision: 1 }
      const rows = runs.map((run) => ({ ...fixed, run, run_id: `${run}`, start_time: run, artifact_uri: '' }))
      await tx
        .insertInto('runs')
        .values(rows.map((row) => ({ ...row, end_time: null, deleted_time: null })))
        .execute()
      await insertMetrics(tx, runs, 1, 'a')
      await insertMetrics(tx, runs, 2, 'b')
    })
  }
}

type Tx = Parameters<Parameters<Database['write']>[1]>[0]

async function insertMetrics(tx: Tx, runs: readonly number[], key: number, name: 'a' | 'b'): Promise<void> {
  const fixed = { tenant, key, experiment: 0, last_nan: 0 as const, last_step: 0, last_ts: 1, first_nan: 0 as const }
  const counts = { first_step: 0, first_ts: 1, points: 1, nan_count: 0 }
  const rows = runs.map((run) => {
    const value = values(run)[name]
    const all = { last_value: value, min_value: value, max_value: value, first_value: value }
    return { ...fixed, ...counts, ...all, run, start_time: run }
  })
  await tx.insertInto('metric_summary').values(rows).execute()
}

describe.each(databases)('filters that leave many runs each and few together on %s', (engine) => {
  let database: Database
  const statements: RecordedStatement[] = []
  beforeAll(async () => {
    database = await openTestDatabase(engine, { onStatement: (statement) => statements.push(statement) })
    await fill(database)
    if (engine === 'postgres') await sql`analyze`.execute(database.lookup)
  }, 120_000)
  afterAll(() => database[Symbol.asyncDispose]())

  const search = (filter: string, order_by: string[], after: SortValues | undefined, limit: number) => {
    const order = completeOrder(parseOrderBy(order_by, runVocabulary), runVocabulary)
    const tree = parseFilter(filter, runVocabulary)
    const scope = { tenant, experiments: [0], deleted: 0 as const, dialect: 'mlflow' as const }
    return findRuns(database, { ...scope, tree, order, after, limit }, Date.now())
  }
  const pages = async (filter: string, order_by: string[], limit: number) => {
    const found: number[] = []
    for (let after: SortValues | undefined; ; ) {
      const page = await search(filter, order_by, after, limit)
      found.push(...page.map(({ run }) => Number(run)))
      if (page.length < limit) return found
      after = page.at(-1)?.values
    }
  }

  const both = 'metrics.a > 0.5 and metrics.b > 0.5'
  test.each([
    [both, [], [5, 4, 3, 2, 1]],
    [both, ['metrics.a DESC'], [5, 4, 3, 2, 1]],
    [both, ['metrics.b ASC'], [5, 4, 3, 2, 1]],
    ['metrics.a < 0.5 and metrics.b < 0.5', [], []],
    ['metrics.a < 0.5 and metrics.b < 0.5', ['metrics.a'], []],
  ])('%s ordered by %j, page by page', async (filter, order_by, expected) => {
    expect(await pages(filter, order_by, 2)).toEqual(expected)
  })

  test('a page that is full soon is walked, and no set is made', async () => {
    statements.length = 0
    const page = await search('metrics.a > 0.5 and metrics.b > 0.05', [], undefined, 3)
    expect(page.map(({ run }) => Number(run))).toEqual([20_000, 19_998, 19_996])
    expect(statements.filter((statement) => statement.sql.includes('intersect'))).toEqual([])
  })

  test('a search whose page was full soon is walked at once the next time, and counted again when that is short', async () => {
    const filter = 'metrics.a > 0.5 and metrics.b > 0.06'
    const counts = () => statements.filter((statement) => statement.sql.includes('count(*)')).length
    const first = await search(filter, [], undefined, 4)
    statements.length = 0
    const next = await search(filter, [], first.at(-1)?.values, 4)
    expect(next.map(({ run }) => Number(run))).toEqual([19_992, 19_990, 19_988, 19_986])
    expect(counts()).toBe(0)
    const last = await search(filter, [], [3, 3], 4)
    expect(last.map(({ run }) => Number(run))).toEqual([2, 1])
    expect(counts()).toBeGreaterThan(0)
  })

  test('no walk looks at more runs than its budget', async () => {
    statements.length = 0
    expect(await search(both, [], undefined, 10)).toHaveLength(inBoth)
    const walks = statements.filter((statement) => /from \(select w\.\* from runs/.test(statement.sql))
    expect(walks).toHaveLength(1)
    expect(walks[0]?.parameters).toContain(8_000)
    expect(statements.filter((statement) => statement.sql.includes('intersect'))).toHaveLength(1)
    // A walk without budget is the one shape that has the table itself behind FROM, in the order of an index.
    expect(statements.filter((statement) => /r\.start_time as s\s+from runs as r/.test(statement.sql))).toEqual([])
  })
})
