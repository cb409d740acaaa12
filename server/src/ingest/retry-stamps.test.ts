import { describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { createRunRecord, keyValue, logRecord, metricPoint, testRunId } from '../testing/ingest-records.ts'
import { newBatchId } from './batch-id.ts'
import type { IngestRecord, RetryStamp } from './ingest-record.ts'

const tenant = tenantOf(1)
const run = testRunId(1)
const now = 1_700_000_000_000

function stamp(id: string, more: Partial<RetryStamp> = {}): { retry: RetryStamp } {
  return { retry: { id, bodyHash: 'h', expires: now + 1000, body: '{}', ...more } }
}

describe.each(databases)('retry stamps on %s', (engine) => {
  const open = (at = () => now) => openTestDatabase(engine, { now: at })
  const write = (db: Database, records: IngestRecord[], batch = newBatchId(now)) =>
    db.writeGroup(tenant, batch, records)
  const points = async (db: Database) =>
    (await db.read.selectFrom('metric_segments').select('n').where('tenant', '=', tenant).execute()).reduce(
      (sum, { n }) => sum + n,
      0,
    )
  const value = (step: number) => ({ metrics: [metricPoint('m', step, step)] })

  test('a stamp acts once, within a group and in later ones', async () => {
    await using db = await open()
    await write(db, [createRunRecord(run)])
    const first = logRecord(run, { ...value(1), ...stamp('a') })
    const again = { ok: true, revision: 1, replayed: '{}' }
    expect(await write(db, [first, { ...first, metrics: value(2).metrics }, logRecord(run, value(3))])).toEqual([
      { ok: true, revision: 1 },
      again,
      { ok: true, revision: 1 },
    ])
    expect(await write(db, [first])).toEqual([again])
    expect(await write(db, [{ ...first, ...stamp('a', { bodyHash: 'other' }) }])).toMatchObject([
      { ok: false, code: 'retry-token-reused' },
    ])
    expect(await points(db)).toBe(2)
  })

  test('the first answer is told again, with its own revision and outcome', async () => {
    await using db = await open()
    await write(db, [createRunRecord(run)])
    const end: IngestRecord = { kind: 'update-run', runId: run, status: 3, endTime: 9, ...stamp('e', { body: null }) }
    const outcome = { name: 'run', status: 3, endTime: 9 }
    expect(await write(db, [end])).toEqual([{ ok: true, revision: 2, outcome }])
    await write(db, [{ kind: 'update-run', runId: run, status: 4, endTime: 2n ** 60n, name: 'other' }])
    expect(await write(db, [end])).toEqual([{ ok: true, revision: 2, outcome }])
    const made = createRunRecord(testRunId(2), stamp('c', { body: '{"run": 2}' }))
    expect(await write(db, [made])).toEqual([{ ok: true, revision: 1 }])
    expect(await write(db, [createRunRecord(testRunId(3), stamp('c'))])).toEqual([
      { ok: true, revision: 1, replayed: '{"run": 2}' },
    ])
    expect(await write(db, [logRecord(testRunId(3), value(1))])).toMatchObject([{ ok: false, code: 'not-found' }])
  })

  test('a refused record leaves its stamp free', async () => {
    await using db = await open()
    const record = logRecord(run, { params: [keyValue('p', '1')], ...stamp('a') })
    expect(await write(db, [record])).toMatchObject([{ ok: false, code: 'not-found' }])
    await write(db, [createRunRecord(run)])
    expect(await write(db, [record])).toEqual([{ ok: true, revision: 2 }])
  })

  test('a group that is committed already is answered without another effect', async () => {
    await using db = await open()
    await write(db, [createRunRecord(run)])
    const batch = newBatchId(now)
    const records = [
      logRecord(run, { ...value(1), ...stamp('a') }),
      logRecord(run, { tags: [keyValue('t', '1')], ifMatch: ['1'] }),
    ]
    await write(db, records, batch)
    expect(await write(db, records, batch)).toEqual([
      { ok: true, revision: 1, replayed: '{}' },
      { ok: true, revision: expect.any(Number) },
    ])
    expect(await points(db)).toBe(1)
  })

  test('an expired stamp is as good as new', async () => {
    let at = now
    await using db = await open(() => at)
    await write(db, [createRunRecord(run)])
    await write(db, [logRecord(run, { ...value(1), ...stamp('a') })])
    at += 999
    expect(await write(db, [logRecord(run, { ...value(2), ...stamp('a') })])).toMatchObject([{ replayed: '{}' }])
    at += 1
    const renewed = stamp('a', { bodyHash: 'other', expires: at + 1000 })
    expect(await write(db, [logRecord(run, { ...value(2), ...renewed })])).toEqual([{ ok: true, revision: 1 }])
    expect(await points(db)).toBe(2)
  })

  test('groups that meet over a stamp at the same moment have one effect', async () => {
    await using db = await open()
    await write(db, [createRunRecord(run), createRunRecord(testRunId(2))])
    const records = [1, 2].flatMap((number) =>
      Array.from({ length: 4 }, () => logRecord(testRunId(number), { ...value(1), ...stamp('shared') })),
    )
    const results = await Promise.all(records.map((record) => write(db, [record])))
    expect(results.flat().filter((result) => result.ok && result.replayed === undefined)).toHaveLength(1)
    expect(await points(db)).toBe(1)
  })

  test('a record passes on the revisions that it names', async () => {
    await using db = await open()
    const tag = (ifMatch: IngestRecord['ifMatch']) =>
      logRecord(run, { tags: [keyValue('t', '1')], ...(ifMatch === undefined ? {} : { ifMatch }) })
    await write(db, [createRunRecord(run)])
    expect(await write(db, [tag(['1']), tag(['1']), tag(['2']), tag('*'), tag(['x', '4'])])).toMatchObject([
      { ok: true, revision: 2 },
      { ok: false, code: 'no-etag-match' },
      { ok: true, revision: 3 },
      { ok: true, revision: 4 },
      { ok: true, revision: 5 },
    ])
    expect(await write(db, [logRecord(run, { ...value(1), ifMatch: ['4'] })])).toMatchObject([
      { ok: false, code: 'no-etag-match' },
    ])
    expect(await write(db, [createRunRecord(testRunId(9), { ifMatch: '*' })])).toMatchObject([
      { ok: false, code: 'no-etag-match' },
    ])
    expect(await points(db)).toBe(0)
  })
})
