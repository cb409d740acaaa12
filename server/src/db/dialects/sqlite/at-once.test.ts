import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tenantOf } from '../../../lib/tenant.ts'
import type { Tx } from '../../database.ts'
import { together } from '../../together.ts'
import { openSqliteDatabase, type SqliteDatabase } from './sqlite-database.ts'

const tenant = tenantOf(1)
const atOnce = { atOnce: true }
let directory: string
let file: string
let database: SqliteDatabase

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-at-once-'))
  file = join(directory, 'x.db')
  database = openSqliteDatabase({ url: file })
})

afterEach(async () => {
  await database[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

function addTag(tx: Tx, key: string): Promise<unknown> {
  return tx.insertInto('experiment_tags').values({ tenant, experiment: 0, key, value: 'x' }).execute()
}

/** A statement that answers with rows: none for an experiment that is not there. */
async function raise(tx: Tx, experiment: number): Promise<number> {
  const row = await tx
    .updateTable('experiments')
    .set((expression) => ({ revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .returning('revision')
    .executeTakeFirst()
  if (row === undefined) throw new Error('not there')
  return Number(row.revision)
}

function add(key: string, experiment = 0): Promise<number> {
  const work = async (tx: Tx) => (await together(addTag(tx, `${key} a`), raise(tx, experiment), addTag(tx, key)))[1]
  return database.write(tenant, work, atOnce)
}

/** What another process sees. */
function committed(): { keys: string[]; revision: number } {
  const other = new DatabaseSync(file, { readOnly: true })
  const keys = other.prepare('select key from experiment_tags order by key').all() as { key: string }[]
  const [row] = other.prepare('select revision from experiments where experiment = 0').all() as { revision: number }[]
  other.close()
  return { keys: keys.map(({ key }) => key), revision: row!.revision }
}

function statuses(results: readonly PromiseSettledResult<unknown>[]): string {
  return results.map(({ status }) => (status === 'fulfilled' ? '+' : '-')).join('')
}

test('many are committed, each in whole, and each sees those before it', async () => {
  const keys = Array.from({ length: 100 }, (_, number) => `k${String(number).padStart(3, '0')}`)
  const revisions = await Promise.all(
    keys.map(async (key) => {
      const revision = await add(key)
      expect(committed().keys).toContain(key)
      return revision
    }),
  )
  expect(revisions).toEqual(keys.map((_, number) => number + 2))
  expect(committed()).toEqual({ keys: keys.flatMap((key) => [key, `${key} a`]), revision: 101 })
})

test('one whose statement answers with no row is undone, its neighbours are not', async () => {
  const results = await Promise.allSettled([add('a'), add('b', 9), add('c'), add('d', 9)])
  expect(statuses(results)).toBe('+-+-')
  expect(results[1]).toMatchObject({ reason: { message: 'not there' } })
  expect(committed()).toEqual({ keys: ['a', 'a a', 'c', 'c a'], revision: 3 })
})

test('one whose statement fails is undone, and what it failed by is committed by then', async () => {
  await add('before')
  const results = await Promise.allSettled([
    add('a'),
    add('a').catch((error: unknown) => {
      expect(committed().keys).toContain('a')
      throw error
    }),
    add('b'),
  ])
  expect(statuses(results)).toBe('+-+')
  expect(committed()).toEqual({ keys: ['a', 'a a', 'b', 'b a', 'before', 'before a'], revision: 4 })
})

test('one that is given up before it is sent leaves nothing', async () => {
  const unsendable = (tx: Tx) => together(addTag(tx, 'x'), sql`select ${{ no: 'value' }}`.execute(tx), addTag(tx, 'y'))
  const unsendableFirst = (tx: Tx) => together(sql`select ${{ no: 'value' }}`.execute(tx), addTag(tx, 'z'))
  const mistaken = async (tx: Tx) => {
    void addTag(tx, 'v').catch(() => undefined)
    throw new Error('no')
  }
  for (let round = 0; round < 2; round++) {
    const results = await Promise.allSettled([
      database.write(tenant, unsendable, atOnce),
      database.write(tenant, mistaken, atOnce),
      add(`a${round}`),
      database.write(tenant, mistaken, atOnce),
      database.write(tenant, unsendableFirst, atOnce),
      database.write(tenant, () => Promise.resolve('nothing written'), atOnce),
      add(`b${round}`),
    ])
    expect(statuses(results)).toBe('--+--++')
  }
  expect(committed().keys).toEqual(['a0', 'a0 a', 'a1', 'a1 a', 'b0', 'b0 a', 'b1', 'b1 a'])
})

test('one that goes on after its first answer is told so', async () => {
  const late = async (tx: Tx) => {
    await addTag(tx, 'first')
    await addTag(tx, 'late')
  }
  await expect(database.write(tenant, late, atOnce)).rejects.toThrow('after its first answer')
  await add('next')
  expect(committed().keys).toEqual(['first', 'next', 'next a'])
})

test('an error that ends the transaction fails all that share it, and nobody later', async () => {
  const ending = (tx: Tx) => together(addTag(tx, 'x'), sql`rollback`.execute(tx), addTag(tx, 'y'))
  const results = await Promise.allSettled([add('a'), database.write(tenant, ending, atOnce), add('b')])
  // The first is sent and committed alone or with the others.
  expect(statuses(results).slice(1)).toBe('--')
  const kept = results[0]?.status === 'fulfilled' ? ['a', 'a a'] : []
  expect(committed().keys).toEqual(kept)
  await add('c')
  expect(committed().keys).toEqual([...kept, 'c', 'c a'])
})

test('they mix with transactions that go step by step', async () => {
  const stepwise = (key: string, fails = false) =>
    database.write(tenant, async (tx) => {
      await addTag(tx, `${key} a`)
      if (fails) throw new Error('no')
      const revision = await raise(tx, 0)
      await addTag(tx, key)
      return revision
    })
  const results = await Promise.allSettled([
    add('a'),
    stepwise('b'),
    add('c'),
    add('d', 9),
    stepwise('e', true),
    add('f'),
    stepwise('g'),
    add('h'),
  ])
  expect(statuses(results)).toBe('+++--+++')
  const keys = ['a', 'b', 'c', 'f', 'g', 'h'].flatMap((key) => [key, `${key} a`])
  expect(committed()).toEqual({ keys, revision: 7 })
})

test('group commits come in between', async () => {
  const writes = Promise.all(Array.from({ length: 50 }, (_, number) => add(`k${number}`)))
  const groups = Promise.all(
    Array.from({ length: 20 }, (_, number) => database.writeGroup(tenant, `batch-${number}`, [])),
  )
  await Promise.all([writes, groups])
  expect(committed()).toMatchObject({ revision: 51 })
})

test('closing commits what was accepted', async () => {
  const writes = Promise.all(['a', 'b', 'c'].map((key) => add(key)))
  await database[Symbol.asyncDispose]()
  await writes
  expect(committed()).toMatchObject({ revision: 4 })
})

test('a thread that dies answers nobody with success', async () => {
  const writes = Promise.allSettled(Array.from({ length: 40 }, (_, number) => add(`k${number}`)))
  await database.threads.writer.kill()
  const results = await writes
  const fulfilled = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [`k${number}`] : []))
  expect(committed().keys).toEqual(expect.arrayContaining(fulfilled))
})
