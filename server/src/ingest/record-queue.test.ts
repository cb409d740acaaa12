import { describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { createRunRecord, keyValue, logRecord, metricPoint, testRunId } from '../testing/ingest-records.ts'
import { newBatchId } from './batch-id.ts'
import type { IngestRecord } from './ingest-record.ts'
import { sizeOf } from './record-queue.ts'

const tenant = tenantOf(1)
const tables = ['runs', 'keys', 'params', 'tags', 'metric_segments', 'metric_summary', 'series_todo'] as const

async function countRows(database: Database): Promise<number> {
  const counts = await Promise.all(
    tables.map((table) => database.read.selectFrom(table).select('tenant').where('tenant', '=', tenant).execute()),
  )
  return counts.reduce((sum, rows) => sum + rows.length, 0)
}

const run = testRunId(1)
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

const records: readonly IngestRecord[] = [
  createRunRecord(run, { tags: names(9, 'created').map((key) => keyValue(key, 'v')) }),
  logRecord(run, { metrics: [metricPoint('one', 1)] }),
  logRecord(run, { metrics: names(50, 'm').map((key) => metricPoint(key, 1)) }),
  logRecord(run, { params: names(50, 'p').map((key) => keyValue(key, 'v')) }),
  logRecord(run, { tags: names(50, 't').map((key) => keyValue(key, 'v')) }),
  { kind: 'update-run', runId: run, name: 'renamed' },
]

describe.each(databases)('the size of a record on %s', (engine) => {
  test('is no less than the rows it writes, names that are new included', async () => {
    await using database = await openTestDatabase(engine)
    for (const record of records) {
      const before = await countRows(database)
      await database.writeGroup(tenant, newBatchId(Date.now()), [record])
      const written = (await countRows(database)) - before
      expect(sizeOf(record).rows, record.kind).toBeGreaterThanOrEqual(written)
    }
  })
})

test('many points of one metric count as many', () => {
  const metrics = Array.from({ length: 500 }, (_, step) => metricPoint('m', 1, step))
  expect(sizeOf(logRecord(run, { metrics })).rows).toBe(501)
})
