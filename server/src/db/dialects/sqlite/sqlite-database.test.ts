import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tenantOf } from '../../../lib/tenant.ts'
import type { Tx } from '../../database.ts'
import { together } from '../../together.ts'
import { FileInUse } from './file-lock.ts'
import { openSqliteDatabase, type SqliteDatabase } from './sqlite-database.ts'

const tenant = tenantOf(1)
let directory: string
let file: string
let errors: string[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-sqlite-'))
  file = join(directory, 'runstead.db')
  errors = []
})

afterEach(() => rm(directory, { recursive: true, force: true }))

describe('threads', () => {
  test('leave the calling thread free while reads take long', async () => {
    await using database = openSqliteDatabase({ url: file })
    await sql`select 1`.execute(database.read)
    const { longestTurn, value } = await watchingTurns(() => slowCount(database, 1_500_000))
    expect(value.rows[0]?.n).toBe(1_500_000)
    expect(value.took).toBeGreaterThan(longestTurn * 3)
  })

  test('answer quick reads while another one takes long', async () => {
    await using database = openSqliteDatabase({ url: file })
    let slowIsDone = false
    const slow = slowCount(database, 2_000_000).then(() => {
      slowIsDone = true
    })
    for (let round = 0; round < 20; round++) await sql`select 1`.execute(database.read)
    expect(slowIsDone).toBe(false)
    await slow
  })

  test('answer the statements of one turn in one go, failures apart', async () => {
    await using database = openSqliteDatabase({ url: file })
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        index % 10 === 3
          ? sql`select no_such_column`.execute(database.read)
          : sql<{ n: number }>`select ${index} as n`.execute(database.read),
      ),
    )
    answers.forEach((answer, index) => {
      if (index % 10 === 3) expect(answer).toMatchObject({ status: 'rejected' })
      else expect(answer).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: index }] } })
    })
  })

  test('refuse to write on what is for reading', async () => {
    await using database = openSqliteDatabase({ url: file })
    for (const handle of [database.lookup, database.read]) {
      await expect(sql`delete from runs where tenant = 1`.execute(handle)).rejects.toThrow()
      await expect(handle.transaction().execute((tx) => sql`select 1`.execute(tx))).rejects.toThrow('Database.write')
    }
  })

  test('give what a dead reader leaves to another', async () => {
    await using database = openLogged()
    const slowly = slowCount(database, 1_000_000)
    const quick = sql<{ n: number }>`select 7 as n`.execute(database.read)
    await sleep(20)
    await database.threads.readers.killOne()
    expect((await slowly).rows[0]?.n).toBe(1_000_000)
    expect((await quick).rows[0]?.n).toBe(7)
    expect((await slowCount(database, 10)).rows[0]?.n).toBe(10)
    expect(errors).toEqual([expect.stringMatching(/thread has died/)])
  })

  test('fail a read on which two readers have died, and no later one', async () => {
    await using database = openLogged()
    // Long enough to be under way at each death, which waits until SQLite comes to its end.
    const slowly = expect(slowCount(database, 3_000_000)).rejects.toMatchObject(unavailable)
    for (let death = 0; death < 2; death++) {
      await sleep(50)
      await database.threads.readers.killOne()
    }
    await slowly
    expect((await slowCount(database, 10)).rows[0]?.n).toBe(10)
    expect(errors).toHaveLength(2)
  })

  test('fail the transactions of a dead writer, commit its group again, and go on with another', async () => {
    await using database = openLogged()
    await rename(database, 'before')
    const underWay = expect(database.write(tenant, (tx) => slow(1_000_000).execute(tx))).rejects.toMatchObject(
      unavailable,
    )
    const waiting = database.write(tenant, (tx) => slow(3).execute(tx))
    await sleep(20)
    await database.threads.writer.kill()
    await underWay
    expect((await waiting).rows[0]?.n).toBe(3)
    const group = database.writeGroup(tenant, 'batch', [])
    await database.threads.writer.kill()
    expect(await group).toEqual([])
    await rename(database, 'after')
    expect(await nameOf(database)).toBe('after')
    expect(errors).toHaveLength(2)
  })

  test('fail every transaction of a commit of which the writer has lost a part', async () => {
    await using database = openLogged()
    const first = database.write(tenant, async (tx) => {
      await setTag(tx, 'first')
      // Waits for its turn, so that the first one's commit is left to it.
      second = database.write(tenant, (later) => setTag(later, 'second'))
      await sleep(20)
      await database.threads.writer.kill()
    })
    let second: Promise<unknown> | undefined
    await expect(first).rejects.toMatchObject(unavailable)
    await expect(second).rejects.toMatchObject(unavailable)
    expect(await tags(database)).toEqual([])
    await database.write(tenant, (tx) => setTag(tx, 'third'))
    expect(await tags(database)).toEqual(['third'])
  })

  test('have written what is acknowledged, whole, however often the writer dies', async () => {
    await using database = openLogged()
    const acknowledged: string[] = []
    let stopped = false
    const writing = async (name: string, atOnce: boolean) => {
      for (let n = 0; !stopped; n++) {
        const key = `${name} ${n}`
        try {
          await database.write(tenant, (tx) => together(setTag(tx, `${key} a`), setTag(tx, `${key} b`)), { atOnce })
          acknowledged.push(`${key} a`, `${key} b`)
        } catch (error) {
          expect(error).toMatchObject(unavailable)
        }
      }
    }
    const grouping = async () => {
      for (let n = 0; !stopped; n++) {
        await database.writeGroup(tenant, `batch ${n}`, []).catch((error) => expect(error).toMatchObject(unavailable))
      }
    }
    const workers = [grouping(), ...[0, 1, 2, 3, 4, 5].map((number) => writing(`w${number}`, number % 2 === 0))]
    for (let death = 0; death < 12; death++) {
      const before = acknowledged.length
      while (acknowledged.length === before) await sleep(1)
      await sleep(Math.random() * 20)
      await database.threads.writer.kill()
    }
    stopped = true
    await Promise.all(workers)
    const stored = await tags(database)
    expect(acknowledged.length).toBeGreaterThan(50)
    expect(acknowledged.filter((key) => !stored.includes(key))).toEqual([])
    for (const key of stored)
      expect(stored).toContain(key.endsWith('a') ? `${key.slice(0, -1)}b` : `${key.slice(0, -1)}a`)
  })

  test('keep what is committed when the writer dies', async () => {
    const before = openSqliteDatabase({ url: file })
    await rename(before, 'committed')
    const open = before.write(tenant, async (tx) => {
      await sql`update experiments set name = 'not committed' where tenant = 1`.execute(tx)
      await before.threads.writer.kill()
    })
    await expect(open).rejects.toMatchObject(unavailable)
    await before[Symbol.asyncDispose]()
    await using after = openSqliteDatabase({ url: file })
    expect(await nameOf(after)).toBe('committed')
  })
})

describe('the file', () => {
  test('is written with full synchronisation and a write-ahead log, and is complete after closing', async () => {
    const database = openSqliteDatabase({ url: file })
    const pragma = async (name: string) =>
      Object.values((await database.write(tenant, (tx) => sql.raw(`pragma ${name}`).execute(tx))).rows[0] as object)[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(0)
    await rename(database, 'last')
    await database[Symbol.asyncDispose]()
    const plain = new DatabaseSync(file, { readOnly: true })
    expect(plain.prepare('select name from experiments').all()).toEqual([expect.objectContaining({ name: 'last' })])
    expect(plain.prepare('pragma integrity_check').all()).toEqual([expect.objectContaining({ integrity_check: 'ok' })])
    plain.close()
  })

  test('is refused to a second server, which is told who has it', async () => {
    await using _first = openSqliteDatabase({ url: file })
    expect(() => openSqliteDatabase({ url: file })).toThrow(FileInUse)
    expect(() => openSqliteDatabase({ url: file })).toThrow(`${file} is in use`)
    expect(() => openSqliteDatabase({ url: file })).toThrow(`process ${process.pid}`)
  })

  test('is free again after the holder has closed it, or was killed', async () => {
    const first = openSqliteDatabase({ url: file })
    await first[Symbol.asyncDispose]()
    const script = `
      import { openSqliteDatabase } from ${JSON.stringify(new URL('./sqlite-database.ts', import.meta.url).href)}
      const database = openSqliteDatabase({ url: ${JSON.stringify(file)} })
      await database.write(1, (tx) =>
        tx.updateTable('experiments').set({ name: 'by the other' }).where('tenant', '=', 1).execute())
      console.log('open')
      setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(other, 'exit')
    await once(createInterface(other.stdout), 'line')
    expect(() => openSqliteDatabase({ url: file })).toThrow(`process ${other.pid}`)
    other.kill('SIGKILL')
    await ended
    await using again = openSqliteDatabase({ url: file })
    expect(await nameOf(again)).toBe('by the other')
  })
})

const unavailable = { code: 'unavailable' }

function openLogged(): SqliteDatabase {
  const note = (_: object, message: string) => void errors.push(message)
  return openSqliteDatabase({ url: file, log: { info() {}, warn: note, error: note } })
}

async function setTag(tx: Tx, key: string): Promise<void> {
  await tx.insertInto('experiment_tags').values({ tenant, experiment: 0, key, value: 'x' }).execute()
}

async function tags(database: SqliteDatabase): Promise<string[]> {
  const rows = await database.read.selectFrom('experiment_tags').select('key').where('tenant', '=', tenant).execute()
  return rows.map(({ key }) => key)
}

function slow(count: number) {
  return sql<{ n: number }>`with recursive c(n) as (select 1 union all select n + 1 from c where n < ${count})
    select max(n) as n from c`
}

async function slowCount(database: SqliteDatabase, count: number) {
  const start = performance.now()
  const { rows } = await slow(count).execute(database.read)
  return { rows, took: performance.now() - start }
}

/** Runs `work` and measures the longest turn of the event loop meanwhile, in milliseconds. */
async function watchingTurns<T>(work: () => Promise<T>): Promise<{ longestTurn: number; value: T }> {
  let longestTurn = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    longestTurn = Math.max(longestTurn, now - last)
    last = now
  }, 1)
  const value = await work()
  clearInterval(timer)
  return { longestTurn, value }
}

async function rename(database: SqliteDatabase, name: string): Promise<void> {
  await database.write(tenant, (tx) =>
    tx.updateTable('experiments').set({ name }).where('tenant', '=', tenant).execute(),
  )
}

async function nameOf(database: SqliteDatabase): Promise<string> {
  const query = database.read.selectFrom('experiments').select('name').where('tenant', '=', tenant)
  return (await query.executeTakeFirstOrThrow()).name
}
