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
import { FileInUse } from './file-lock.ts'
import { openSqliteDatabase, type SqliteDatabase } from './sqlite-database.ts'

const tenant = tenantOf(1)
let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-sqlite-'))
  file = join(directory, 'runstead.db')
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

  test.each(['writer', 'reader'] as const)('make the database unavailable when the %s dies', async (which) => {
    const errors: string[] = []
    const note = (_: object, message: string) => void errors.push(message)
    await using database = openSqliteDatabase({ url: file, log: { info() {}, warn: note, error: note } })
    await sql`select 1`.execute(database.read)
    await database.write(tenant, (tx) => sql`select 1`.execute(tx))
    const waiting =
      which === 'writer'
        ? [
            database.write(tenant, (tx) => slow(1_000_000).execute(tx)),
            database.write(tenant, (tx) => sql`select 1`.execute(tx)),
            database.writeGroup(tenant, 'batch', []),
          ]
        : [slowCount(database, 1_000_000)]
    const settled = Promise.allSettled<unknown>(waiting)
    await sleep(20)
    await (which === 'writer' ? database.threads.writer.kill() : database.threads.readers.killOne())
    for (const outcome of await settled) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
    const later = [
      database.write(tenant, (tx) => sql`select 1`.execute(tx)),
      database.writeGroup(tenant, 'batch', []),
      sql`select 1`.execute(database.read),
      sql`select 1`.execute(database.lookup),
    ]
    for (const outcome of await Promise.allSettled(later)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
    }
    expect(errors).toEqual([expect.stringMatching(/thread has died/)])
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

const unavailable = { code: 'unavailable', message: expect.stringMatching(/thread .* ended unexpectedly/) }

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
