import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { notFound } from '../errors/errors.ts'
import { int64Max, int64Min } from '../lib/int64.ts'
import { tenantOf } from '../lib/tenant.ts'
import { createTestWorkspace } from '../testing/create-test-workspace.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import type { Database, Tx } from './database.ts'
import { isUniqueViolation } from './driver-error.ts'
import { openDatabase } from './open-database.ts'

const tenant = tenantOf(1)

describe.each(databases)('a database on %s', (engine) => {
  test('has the default platform, workspace and experiment from the start', async () => {
    await using database = await openTestDatabase(engine)
    const platforms = await database.lookup.selectFrom('platforms').selectAll().execute()
    const workspaces = await database.lookup.selectFrom('workspaces').selectAll().execute()
    const experiments = await database.read.selectFrom('experiments').selectAll().where('tenant', '=', 1).execute()
    expect(platforms).toMatchObject([{ platform: 1, id: 'ocid1.aidataplatform.local..default' }])
    expect(workspaces).toMatchObject([{ tenant: 1, platform: 1, key: 'default', next_experiment: 1 }])
    expect(experiments).toMatchObject([
      { tenant: 1, experiment: 0, name: 'Default', artifact_location: 'mlflow-artifacts:/0', deleted: 0 },
    ])
  })

  test('keeps 64-bit integers exact, as plain numbers while they are safe', async () => {
    await using database = await openTestDatabase(engine)
    const values = [int64Min, -(2n ** 53n) - 1n, -5, 0, 7, 2 ** 53 - 1, 2n ** 53n, 2n ** 53n + 1n, int64Max]
    await database.write(tenant, async (tx) => {
      for (const [index, value] of values.entries()) await addSeries(tx, index, { points: value })
    })
    for (const handle of [database.lookup, database.read]) {
      // Twice, because a statement learns from its first answer how to read integers.
      for (let round = 0; round < 2; round++) {
        const rows = await handle
          .selectFrom('metric_summary')
          .select('points')
          .where('tenant', '=', tenant)
          .orderBy('run')
          .execute()
        expect(rows.map(({ points }) => points)).toEqual(values)
      }
    }
    const least = await database.lookup
      .selectFrom('metric_summary')
      .select(['points', 'run'])
      .where('tenant', '=', tenant)
      .where('points', '=', int64Min)
      .execute()
    expect(least).toEqual([{ points: int64Min, run: expect.anything() }])
    const inside = await database.write(tenant, (tx) =>
      tx
        .updateTable('metric_summary')
        .set((eb) => ({ points: eb('points', '-', 1) }))
        .where('tenant', '=', tenant)
        .where('points', '=', int64Max)
        .returning('points')
        .executeTakeFirst(),
    )
    expect(inside?.points).toBe(int64Max - 1n)
  })

  test('keeps doubles exact, and NULL apart from numbers', async () => {
    await using database = await openTestDatabase(engine)
    const values = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 42, 2 ** 60, 1e300, null]
    await database.write(tenant, async (tx) => {
      for (const [index, value] of values.entries()) await addSeries(tx, index, { last_value: value })
    })
    const rows = await database.read
      .selectFrom('metric_summary')
      .select('last_value')
      .where('tenant', '=', tenant)
      .orderBy('run')
      .execute()
    expect(rows.map(({ last_value }) => last_value)).toEqual(values)
  })

  test('keeps and compares text by code point', async () => {
    await using database = await openTestDatabase(engine)
    const values = ['Z', 'a', 'z', 'é', 'ß', 'ｚ', '日本', '\u{1f600}', 'it\'s "quoted" \\ % _ \n', '']
    await database.write(tenant, async (tx) => {
      await tx
        .insertInto('experiment_tags')
        .values(values.map((value) => ({ tenant, experiment: 0, key: value, value })))
        .execute()
    })
    const rows = await database.read
      .selectFrom('experiment_tags')
      .select(['key', 'value'])
      .where('tenant', '=', tenant)
      .orderBy('key')
      .execute()
    expect(rows.every(({ key, value }) => key === value)).toBe(true)
    expect(rows.map(({ key }) => key)).toEqual(
      values.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
    const exact = await database.lookup
      .selectFrom('experiment_tags')
      .select('key')
      .where('tenant', '=', tenant)
      .where('key', '=', '\u{1f600}')
      .execute()
    expect(exact).toHaveLength(1)
  })

  test('keeps bytes', async () => {
    await using database = await openTestDatabase(engine)
    const payload = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)
    await database.write(tenant, async (tx) => {
      await addSegment(tx, 1, payload)
      await addSegment(tx, 2, new Uint8Array())
      await addSegment(tx, 3, payload.subarray(100, 200))
    })
    for (const handle of [database.lookup, database.read]) {
      const rows = await handle
        .selectFrom('metric_segments')
        .select('payload')
        .where('tenant', '=', tenant)
        .orderBy('segment')
        .execute()
      const bytes = rows.map((row) => Uint8Array.from(row.payload))
      expect(bytes).toEqual([payload, new Uint8Array(), payload.slice(100, 200)])
    }
  })

  test('counts, sums and compares alike', async () => {
    await using database = await openTestDatabase(engine)
    const { rows } = await sql<{ n: number; s: number; yes: number }>`
      select count(*) as n, sum(revision) as s, max(experiment) = 0 as yes from experiments where tenant = ${tenant}`.execute(
      database.read,
    )
    expect(rows).toMatchObject([{ n: 1, yes: 1 }])
    expect(Number(rows[0]?.s)).toBe(1)
  })

  test('shows a transaction its own writes, and others only what is committed', async () => {
    await using database = await openTestDatabase(engine)
    await database.write(tenant, async (tx) => {
      await renameDefault(tx, 'renamed')
      expect(await nameOfDefault(tx)).toBe('renamed')
      expect(await nameOfDefault(database.lookup)).toBe('Default')
      expect(await nameOfDefault(database.read)).toBe('Default')
    })
    expect(await nameOfDefault(database.lookup)).toBe('renamed')
    expect(await nameOfDefault(database.read)).toBe('renamed')
  })

  test('rolls back when the work throws, and passes the error on', async () => {
    await using database = await openTestDatabase(engine)
    const refusal = notFound('no such thing')
    const failed = database.write(tenant, async (tx) => {
      await renameDefault(tx, 'renamed')
      throw refusal
    })
    await expect(failed).rejects.toBe(refusal)
    expect(await nameOfDefault(database.lookup)).toBe('Default')
    await database.write(tenant, (tx) => renameDefault(tx, 'afterwards'))
    expect(await nameOfDefault(database.lookup)).toBe('afterwards')
  })

  test('rolls back after a failed statement, and tells a duplicate from other mistakes', async () => {
    await using database = await openTestDatabase(engine)
    const duplicate = database.write(tenant, async (tx) => {
      await renameDefault(tx, 'renamed')
      await addExperiment(tx, 0, 'second with number 0')
    })
    await expect(duplicate).rejects.toSatisfy(isUniqueViolation)
    const mistake = database.write(tenant, (tx) => sql`select no_such_column from runs where tenant = 1`.execute(tx))
    await expect(mistake).rejects.toThrow(/no_such_column/)
    await expect(mistake).rejects.not.toSatisfy(isUniqueViolation)
    await expect(mistake).rejects.not.toBeInstanceOf(AppError)
    expect(await nameOfDefault(database.lookup)).toBe('Default')
  })

  test('lets nothing run on a transaction that is over', async () => {
    await using database = await openTestDatabase(engine)
    let kept: Tx | undefined
    await database.write(tenant, async (tx) => {
      kept = tx
      await nameOfDefault(tx)
    })
    await expect(renameDefault(kept!, 'too late')).rejects.toThrow(/over/)
    expect(await nameOfDefault(database.lookup)).toBe('Default')
  })

  test('runs concurrent transactions as if one after another', async () => {
    await using database = await openTestDatabase(engine)
    const count = 40
    // Reads, thinks, then writes what it has read plus one: a lost update would show.
    const numbers = await Promise.all(
      Array.from({ length: count }, () =>
        database.write(tenant, async (tx) => {
          const { next_experiment: number } = await tx
            .selectFrom('workspaces')
            .select('next_experiment')
            .where('tenant', '=', tenant)
            .executeTakeFirstOrThrow()
          await new Promise(setImmediate)
          await addExperiment(tx, Number(number), `experiment ${number}`)
          await tx
            .updateTable('workspaces')
            .set({ next_experiment: Number(number) + 1 })
            .where('tenant', '=', tenant)
            .execute()
          return number
        }),
      ),
    )
    expect(numbers.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  })

  test('runs the queries of one transaction in order, also when they are not awaited one by one', async () => {
    await using database = await openTestDatabase(engine)
    const names = await database.write(tenant, (tx) =>
      Promise.all([
        nameOfDefault(tx),
        renameDefault(tx, 'one'),
        nameOfDefault(tx),
        renameDefault(tx, 'two'),
        nameOfDefault(tx),
      ]),
    )
    expect([names[0], names[2], names[4]]).toEqual(['Default', 'one', 'two'])
  })

  test('commits groups of records beside interactive transactions', async () => {
    await using database = await openTestDatabase(engine)
    const groups = Array.from({ length: 10 }, (_, index) =>
      database.writeGroup(tenant, `batch-${index}`, [
        {
          kind: 'create-run',
          runId: `${index}`.padEnd(32, 'a'),
          experiment: 0,
          name: `run ${index}`,
          userId: 'ann',
          startTime: 1_700_000_000_000 + index,
          artifactUri: 'mlflow-artifacts:/0/x/artifacts',
          tags: [{ key: 'mlflow.runName', value: `run ${index}` }],
        },
      ]),
    )
    const renames = Array.from({ length: 10 }, (_, index) =>
      database.write(tenant, (tx) => renameDefault(tx, `name ${index}`)),
    )
    const results = await Promise.all(groups)
    await Promise.all(renames)
    expect(results.flat().every(({ ok }) => ok)).toBe(true)
    expect(await runNames(database)).toEqual(Array.from({ length: 10 }, (_, index) => `run ${index}`))
    expect(await nameOfDefault(database.lookup)).toMatch(/^name \d$/)
  })

  test('answers a repeated group without writing it again', async () => {
    await using database = await openTestDatabase(engine)
    const record = {
      kind: 'create-run',
      runId: 'a'.repeat(32),
      experiment: 0,
      name: 'once',
      userId: 'ann',
      startTime: 1,
      artifactUri: 'mlflow-artifacts:/0/x/artifacts',
      tags: [],
    } as const
    const first = await database.writeGroup(tenant, 'same-batch', [record])
    const second = await database.writeGroup(tenant, 'same-batch', [record])
    expect(first).toMatchObject([{ ok: true }])
    expect(second).toEqual(first)
    expect(await runNames(database)).toEqual(['once'])
  })

  test('keeps tenants apart that use the same numbers', async () => {
    await using database = await openTestDatabase(engine)
    const other = await createTestWorkspace(database, 'other')
    await database.write(other, (tx) => addExperiment(tx, 0, 'theirs', other))
    await database.write(other, (tx) => renameDefault(tx, 'renamed', other))
    expect(await nameOfDefault(database.lookup)).toBe('Default')
    expect(await nameOfDefault(database.lookup, other)).toBe('renamed')
  })

  test('refuses everything after it is closed', async () => {
    const database = await openTestDatabase(engine)
    await nameOfDefault(database.read)
    await database.write(tenant, (tx) => renameDefault(tx, 'last'))
    await database[Symbol.asyncDispose]()
    await expect(nameOfDefault(database.lookup)).rejects.toThrow()
    await expect(nameOfDefault(database.read)).rejects.toThrow()
    await expect(database.write(tenant, (tx) => renameDefault(tx, 'later'))).rejects.toThrow()
  })
})

type Handle = Database['lookup'] | Tx

async function nameOfDefault(handle: Handle, of = tenant): Promise<string> {
  const row = await handle
    .selectFrom('experiments')
    .select('name')
    .where('tenant', '=', of)
    .where('experiment', '=', 0)
    .executeTakeFirstOrThrow()
  return row.name
}

async function renameDefault(tx: Tx, name: string, of = tenant): Promise<void> {
  await tx.updateTable('experiments').set({ name }).where('tenant', '=', of).where('experiment', '=', 0).execute()
}

async function addExperiment(tx: Tx, experiment: number, name: string, of = tenant): Promise<void> {
  const row = { tenant: of, experiment, name, artifact_location: '', deleted: 0, created: 1, updated: 1 } as const
  await tx
    .insertInto('experiments')
    .values({ ...row, next_key: 1, revision: 1 })
    .execute()
}

async function addSeries(tx: Tx, run: number, fields: { points?: number | bigint; last_value?: number | null }) {
  const value = { last_value: 1, min_value: 1, max_value: 1, first_value: 1, last_nan: 0, first_nan: 0 } as const
  const place = { tenant, run, key: 1, experiment: 0, start_time: 0, last_step: 0, last_ts: 0 }
  await tx
    .insertInto('metric_summary')
    .values({ ...place, first_step: 0, first_ts: 0, points: 1, nan_count: 0, ...value, ...fields })
    .execute()
}

async function addSegment(tx: Tx, segment: number, payload: Uint8Array) {
  const place = { tenant, run: 2n ** 62n + 5n, key: 1, first_step: 0, segment, last_step: 0, first_ts: 0, last_ts: 0 }
  const heads = { n: 1, vmin: 1, vmax: 1, vfirst: 1, vlast: 1, nan_count: 0, codec: 1, location: 0 }
  await tx
    .insertInto('metric_segments')
    .values({ ...place, ...heads, payload })
    .execute()
}

async function runNames(database: Database): Promise<string[]> {
  const rows = await database.read
    .selectFrom('runs')
    .select('name')
    .where('tenant', '=', tenant)
    .orderBy('start_time')
    .execute()
  return rows.map(({ name }) => name)
}

test('DISC-02 an address that cannot be reached is named without its password', async () => {
  const url = 'postgres://someone:top%20secret@127.0.0.1:1/nothing?application_name=x'
  const failure = await openDatabase({ url, retryForMs: 0 }).catch((error: unknown) => error)
  expect(String(failure)).toContain('127.0.0.1:1/nothing')
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/top|secret/)
})
