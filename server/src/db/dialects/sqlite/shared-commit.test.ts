import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newRunId } from '../../../lib/new-run-id.ts'
import { tenantOf } from '../../../lib/tenant.ts'
import type { Tx } from '../../database.ts'
import { together } from '../../together.ts'
import { openSqliteDatabase, type SqliteDatabase } from './sqlite-database.ts'

const tenant = tenantOf(1)
let directory: string
let file: string
let database: SqliteDatabase

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-shared-'))
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

/** The keys that another process sees: what is committed. */
function committedKeys(): string[] {
  const other = new DatabaseSync(file, { readOnly: true })
  const rows = other.prepare('select key from experiment_tags order by key').all() as { key: string }[]
  other.close()
  return rows.map(({ key }) => key)
}

test('what is answered is committed, for writes that share a commit too', async () => {
  const keys = Array.from({ length: 100 }, (_, number) => `k${String(number).padStart(3, '0')}`)
  const seen = await Promise.all(
    keys.map(async (key) => {
      await database.write(tenant, (tx) => addTag(tx, key))
      return committedKeys().includes(key)
    }),
  )
  expect(seen.every(Boolean)).toBe(true)
  expect(committedKeys()).toEqual(keys)
})

test('what is sent behind a statement that ends the transaction is refused, not committed alone', async () => {
  const sentTogether = (tx: Tx) => together(addTag(tx, 'first'), sql`rollback`.execute(tx), addTag(tx, 'behind'))
  await expect(database.write(tenant, sentTogether)).rejects.toThrow('ended by a statement')
  expect(committedKeys()).toEqual([])
  await database.write(tenant, (tx) => addTag(tx, 'next'))
  expect(committedKeys()).toEqual(['next'])
})

test('statements that are sent together are all over when the first of them that fails is told of', async () => {
  const sentTogether = (tx: Tx) => together(addTag(tx, 'a'), addTag(tx, 'a'), addTag(tx, 'b'))
  await expect(database.write(tenant, sentTogether)).rejects.toThrow(/UNIQUE/)
  expect(committedKeys()).toEqual([])
})

test.each([false, true])('what no message can hold fails its own transaction alone (at once: %s)', async (atOnce) => {
  const unsendable = (tx: Tx) => sql`select ${{ no: 'value' }}`.execute(tx)
  const results = await Promise.allSettled([
    database.write(tenant, (tx) => addTag(tx, 'before'), { atOnce }),
    database.write(tenant, unsendable, { atOnce }),
    database.write(tenant, (tx) => addTag(tx, 'after'), { atOnce }),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(committedKeys()).toEqual(['after', 'before'])
})

test.each([false, true])('one that has nothing to write does not end those of others (at once: %s)', async (atOnce) => {
  const failing = database.write(tenant, async (tx) => {
    await addTag(tx, 'undone')
    await setTimeout(20)
    throw new Error('no')
  })
  await setTimeout(5)
  await database.write(tenant, () => Promise.resolve(), { atOnce })
  const nothing = () => Promise.reject(new Error('before its first statement'))
  await expect(database.write(tenant, nothing, { atOnce })).rejects.toThrow('before its first')
  await expect(failing).rejects.toThrow('no')
  expect(committedKeys()).toEqual([])
})

test('a transaction has its turn from its first statement on', async () => {
  const { promise: goOn, resolve } = Promise.withResolvers<void>()
  const late = database.write(tenant, async (tx) => {
    await goOn
    await addTag(tx, 'late')
  })
  await database.write(tenant, (tx) => addTag(tx, 'early'))
  expect(committedKeys()).toEqual(['early'])
  resolve()
  await late
  expect(committedKeys()).toEqual(['early', 'late'])
})

test('each fails alone, and undoes its own alone', async () => {
  const results = await Promise.allSettled([
    database.write(tenant, (tx) => addTag(tx, 'a')),
    database.write(tenant, async (tx) => {
      await addTag(tx, 'undone')
      throw new Error('no')
    }),
    database.write(tenant, async (tx) => {
      await addTag(tx, 'b')
      await addTag(tx, 'b')
    }),
    database.write(tenant, async () => 'nothing written'),
    database.write(tenant, (tx) => addTag(tx, 'c')),
    database.write(tenant, async () => {
      throw new Error('before its first statement')
    }),
  ])
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
  ])
  expect(committedKeys()).toEqual(['a', 'c'])
})

test.each([false, true])(
  'one that gives its turn up while it waits keeps nobody waiting (at once: %s)',
  async (atOnce) => {
    const kept = database.write(tenant, async (tx) => {
      await addTag(tx, 'kept')
      await setTimeout(20)
      await addTag(tx, 'kept too')
    })
    const waiting = async (tx: Tx) => {
      addTag(tx, 'given up').catch(() => undefined)
      await setTimeout(5)
      throw new Error('no')
    }
    await expect(database.write(tenant, waiting, { atOnce })).rejects.toThrow('no')
    await kept
    expect(committedKeys()).toEqual(['kept', 'kept too'])
  },
)

test('each sees what those before it have written', async () => {
  const add = () =>
    database.write(tenant, async (tx) => {
      const rows = await tx.selectFrom('experiment_tags').select('key').where('tenant', '=', tenant).execute()
      await addTag(tx, String(rows.length))
      return rows.length
    })
  expect(await Promise.all([add(), add(), add()])).toEqual([0, 1, 2])
})

test('group commits take their turn between them', async () => {
  const record = () =>
    ({
      kind: 'create-run',
      runId: newRunId(1_700_000_000_000),
      experiment: 0,
      name: 'run',
      userId: '',
      startTime: 1,
      artifactUri: '',
      tags: [],
    }) as const
  const results = await Promise.all(
    Array.from({ length: 60 }, (_, number) =>
      number % 3 === 0
        ? database.writeGroup(tenant, `batch-${number}`, [record()]).then(([one]) => one?.ok)
        : database.write(tenant, (tx) => addTag(tx, `k${number}`)).then(() => true),
    ),
  )
  expect(results.every((ok) => ok === true)).toBe(true)
  expect(committedKeys()).toHaveLength(40)
})

test('closing commits what was accepted', async () => {
  const writes = Promise.all(['a', 'b', 'c'].map((key) => database.write(tenant, (tx) => addTag(tx, key))))
  await database[Symbol.asyncDispose]()
  await writes
  expect(committedKeys()).toEqual(['a', 'b', 'c'])
})

test('a thread that dies answers nobody with success', async () => {
  const writes = Promise.allSettled(
    Array.from({ length: 10 }, (_, number) => database.write(tenant, (tx) => addTag(tx, `k${number}`))),
  )
  await database.threads.writer.kill()
  const results = await writes
  const fulfilled = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [`k${number}`] : []))
  expect(committedKeys()).toEqual(expect.arrayContaining(fulfilled))
})
