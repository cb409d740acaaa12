import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { tenantOf } from '../../../lib/tenant.ts'
import { databases, makeTestDatabase, openTestDatabase } from '../../../testing/databases.ts'
import { startFaultyProxy } from '../../../testing/faulty-proxy.ts'
import { everyOtherConflicts, strictPostgres } from '../../../testing/strict-postgres.ts'
import type { Database, Tx } from '../../database.ts'
import type { DatabaseOptions } from '../../database-options.ts'
import { openDatabase } from '../../open-database.ts'

const tenant = tenantOf(1)
const raise = (code: string) => sql.raw(`do $$ begin raise exception 'forced' using errcode = '${code}'; end $$`)

// These tests count tries, which the strict mode multiplies.
describe.runIf(databases.includes('postgres') && !strictPostgres)('PostgreSQL', () => {
  let warnings: string[] = []
  const note = (_: object, message: string) => void warnings.push(message)
  const log = { info() {}, warn: note, error: note }

  beforeAll(async () => {
    await using _started = await makeTestDatabase('postgres')
  })

  test.each(['40001', '40P01', '55P03'])('runs a transaction again that failed with %s', async (code) => {
    await using database = await openTestDatabase('postgres')
    let tries = 0
    const next = await database.write(tenant, async (tx) => {
      const number = await raiseCounter(tx)
      if (++tries < 3) await raise(code).execute(tx)
      return number
    })
    expect({ tries, next, stored: await counter(database) }).toEqual({ tries: 3, next: 2, stored: 2 })
  })

  test('commits groups and transactions on a database that is always serializable and often refuses', async () => {
    await using place = await makeTestDatabase('postgres')
    const url = new URL(place.url)
    url.searchParams.set('options', '-c default_transaction_isolation=serializable')
    await using database = await openDatabase({ url: url.href, onStatement: everyOtherConflicts() })
    const runId = (number: number) => `${number}`.padEnd(32, 'a')
    const run = { kind: 'create-run', experiment: 0, name: 'run', userId: 'ann', startTime: 1, tags: [] } as const
    const results = await Promise.all(
      Array.from({ length: 12 }, async (_, number) => {
        await database.write(tenant, (tx) => raiseCounter(tx))
        return database.writeGroup(tenant, `batch ${number}`, [{ ...run, runId: runId(number), artifactUri: '' }])
      }),
    )
    expect(results.flat().map(({ ok }) => ok)).toEqual(Array(12).fill(true))
    const runs = await database.read.selectFrom('runs').select('run_id').where('tenant', '=', tenant).execute()
    expect(runs.map((row) => row.run_id).toSorted()).toEqual(results.map((_, number) => runId(number)).toSorted())
    expect(await counter(database)).toBe(13)
  })

  test('gives up on a transaction that always meets its neighbours', async () => {
    await using database = await openTestDatabase('postgres')
    let tries = 0
    const hopeless = database.write(tenant, async (tx) => {
      tries++
      await raise('40001').execute(tx)
    })
    await expect(hopeless).rejects.toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 1 } })
    expect(tries).toBe(12)
  })

  test('does not run a transaction again after a mistake', async () => {
    await using database = await openTestDatabase('postgres')
    let tries = 0
    const mistaken = database.write(tenant, async (tx) => {
      tries++
      await raise('22012').execute(tx)
    })
    await expect(mistaken).rejects.toThrow('forced')
    expect(tries).toBe(1)
  })

  test('rolls back when the work has swallowed an error', async () => {
    await using database = await openTestDatabase('postgres')
    const swallowing = database.write(tenant, async (tx) => {
      await raiseCounter(tx)
      await raise('22012')
        .execute(tx)
        .catch(() => undefined)
    })
    await expect(swallowing).rejects.toThrow(/aborted/)
    expect(await counter(database)).toBe(1)
  })

  test('refuses text with NUL as a mistake of the client', async () => {
    await using database = await openTestDatabase('postgres')
    const query = database.lookup
      .selectFrom('experiments')
      .selectAll()
      .where('tenant', '=', 1)
      .where('name', '=', 'a\0b')
    await expect(query.execute()).rejects.toMatchObject({ code: 'invalid-parameter' })
  })

  test('survives the end of its backend in the middle of a transaction', async () => {
    warnings = []
    await using database = await openTestDatabase('postgres', { log })
    let tries = 0
    await database.write(tenant, async (tx) => {
      await raiseCounter(tx)
      if (++tries === 1) await endBackend(database, await backendOf(tx))
      await raiseCounter(tx)
    })
    expect({ tries, stored: await counter(database) }).toEqual({ tries: 2, stored: 3 })
    expect(new Set(warnings)).toEqual(new Set(['A database connection was lost']))
  })

  test('survives the end of all idle connections', async () => {
    await using database = await openTestDatabase('postgres', { log })
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.02)`.execute(database.read)))
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(database.read)
    const counters = await Promise.all(Array.from({ length: 10 }, () => counter(database)))
    expect(counters).toEqual(Array(10).fill(1))
  })

  test('names itself to the server', async () => {
    await using database = await openTestDatabase('postgres')
    const { rows } = await sql`select application_name from pg_stat_activity where pid = pg_backend_pid()`.execute(
      database.lookup,
    )
    expect(rows).toEqual([{ application_name: 'runstead' }])
  })

  describe('behind a network that fails', () => {
    const fault = async (options: Partial<DatabaseOptions> = {}) => {
      const place = await makeTestDatabase('postgres')
      const proxy = await startFaultyProxy(place.url)
      const database = await openDatabase({ log, migrate: false, ...options, url: proxy.url })
      return {
        database,
        proxy,
        async [Symbol.asyncDispose]() {
          await database[Symbol.asyncDispose]()
          await proxy[Symbol.asyncDispose]()
          await place[Symbol.asyncDispose]()
        },
      }
    }

    test.each(['before', 'after'] as const)('commits once when the connection is lost %s the commit', async (when) => {
      await using failing = await fault()
      const { database, proxy } = failing
      let tries = 0
      proxy.breakOn('commit', when)
      const next = await database.write(tenant, async (tx) => {
        tries++
        return await raiseCounter(tx)
      })
      expect(proxy.broken).toBe(1)
      expect({ tries, next, stored: await counter(database) }).toEqual({
        tries: when === 'before' ? 2 : 1,
        next: 2,
        stored: 2,
      })
    })

    test.each(['before', 'after'] as const)('commits a group once when the connection is lost %s it', async (when) => {
      await using failing = await fault()
      const { database, proxy } = failing
      const runId = 'a'.repeat(32)
      const run = { kind: 'create-run', runId, experiment: 0, name: 'run', userId: 'ann', startTime: 1 } as const
      const metrics = [{ key: 'loss', value: 1, timestamp: 1, step: 1 }]
      const log = { kind: 'log', runId, metrics, params: [], tags: [], source: 'single' } as const
      await database.writeGroup(tenant, 'first', [{ ...run, artifactUri: '', tags: [] }])
      proxy.breakOn('commit', when)
      const results = await database.writeGroup(tenant, 'second', [log])
      expect(proxy.broken).toBe(1)
      expect(results).toMatchObject([{ ok: true }])
      const points = await database.read
        .selectFrom('metric_summary')
        .select('points')
        .where('tenant', '=', tenant)
        .execute()
      expect(points).toEqual([{ points: 1 }])
    })

    test('commits once when the lost commit only happens during the next try', async () => {
      await using failing = await fault()
      const { database, proxy } = failing
      // The first commit waits in the network while the client has given it up and runs its work again.
      proxy.breakOn('commit', 'delayed')
      const next = await database.write(tenant, (tx) => raiseCounter(tx))
      expect(proxy.broken).toBe(1)
      expect({ next, stored: await counter(database) }).toEqual({ next: 2, stored: 2 })
    })

    test('waits for a server that comes back in time', async () => {
      await using failing = await fault()
      const { database, proxy } = failing
      await proxy.down()
      setTimeout(() => void proxy.up(), 300)
      expect(await counter(database)).toBe(1)
      await proxy.down()
      setTimeout(() => void proxy.up(), 300)
      expect(await database.write(tenant, (tx) => raiseCounter(tx))).toBe(2)
    })

    test('says that it is unavailable when the server stays away', async () => {
      await using failing = await fault({ retryForMs: 200 })
      const { database, proxy } = failing
      await proxy.down()
      const unavailable = { code: 'unavailable', message: expect.not.stringContaining('ECONN') }
      await expect(counter(database)).rejects.toMatchObject(unavailable)
      await expect(database.write(tenant, (tx) => raiseCounter(tx))).rejects.toMatchObject(unavailable)
      await expect(database.writeGroup(tenant, 'batch', [])).rejects.toMatchObject(unavailable)
      await proxy.up()
      expect(await counter(database)).toBe(1)
    })

    test('is not opened while nobody answers, and says which database that is', async () => {
      await using failing = await fault()
      await failing.proxy.down()
      const opening = openDatabase({ url: failing.proxy.url, retryForMs: 100 })
      await expect(opening).rejects.toThrow(/postgres:\/\/postgres:\*\*\*@127\.0\.0\.1:\d+\/test_\w+ cannot be used/)
    })
  })
})

async function raiseCounter(tx: Tx): Promise<number> {
  const row = await tx
    .updateTable('workspaces')
    .set((eb) => ({ next_experiment: eb('next_experiment', '+', 1) }))
    .where('tenant', '=', tenant)
    .returning('next_experiment')
    .executeTakeFirstOrThrow()
  return Number(row.next_experiment)
}

async function counter(database: Database): Promise<number> {
  const query = database.read.selectFrom('workspaces').select('next_experiment').where('tenant', '=', tenant)
  return Number((await query.executeTakeFirstOrThrow()).next_experiment)
}

async function backendOf(tx: Tx): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
  return rows[0]!.pid
}

async function endBackend(database: Database, pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid}, 5000)`.execute(database.lookup)
}
