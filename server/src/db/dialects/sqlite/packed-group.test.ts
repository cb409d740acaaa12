import { describe, expect, test } from 'vitest'
import type { IngestRecord, IngestResult, LogToRun } from '../../../ingest/ingest-record.ts'
import { packRecords, packResults, unpackRecords, unpackResults } from './packed-group.ts'

const log = (fields: Partial<LogToRun>): LogToRun => ({
  kind: 'log',
  runId: 'a'.repeat(32),
  metrics: [],
  params: [],
  tags: [],
  source: 'single',
  ...fields,
})

function acrossThreads<T>(value: T): T {
  return structuredClone(value)
}

describe('a packed group', () => {
  test('gives back the records as they were', () => {
    const records: IngestRecord[] = [
      log({ metrics: [{ key: 'loss', value: Number.NaN, timestamp: 1, step: -3 }] }),
      log({ source: 'batch' }),
      log({
        source: 'batch',
        runId: 'b'.repeat(32),
        metrics: [
          { key: 'acc', value: 0.1, timestamp: 1_700_000_000_000, step: 0 },
          { key: 'loss', value: -1.7976931348623157e308, timestamp: 2 ** 53 - 1, step: 2 ** 53 - 1 },
        ],
        params: [{ key: 'lr', value: '0.1' }],
        tags: [{ key: 'ünï', value: 'çödé' }],
      }),
      log({ metrics: [{ key: 'loss', value: 1, timestamp: 2n ** 60n, step: 1 }] }),
      log({ metrics: [{ key: 'loss', value: 1, timestamp: 1, step: -(2n ** 63n) }] }),
      log({ metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 1, modelId: 'm-1', datasetName: 'd' }] }),
      { kind: 'update-run', runId: 'c'.repeat(32), status: 3 },
      log({ params: [{ key: 'only', value: 'param' }] }),
      log({ metrics: [{ key: 'acc', value: 5e-324, timestamp: 9, step: 9 }] }),
    ]
    expect(unpackRecords(acrossThreads(packRecords(records)))).toEqual(records)
    expect(unpackRecords(acrossThreads(packRecords([])))).toEqual([])
  })

  test('gives back the results as they were', () => {
    const results: IngestResult[] = [
      { ok: true, revision: 1 },
      { ok: false, code: 'not-found', message: 'Run not found' },
      { ok: true, revision: 2n ** 60n },
      { ok: true, revision: 0 },
    ]
    expect(unpackResults(acrossThreads(packResults(results)))).toEqual(results)
  })
})
