import type { Reader, Tx } from '../db/database.ts'
import { type NumberListText, numberListText, numberRows } from '../db/number-list.ts'
import { prepared } from '../db/prepared.ts'
import { compareInt64, type Int64, int64Max, int64Min } from '../lib/int64.ts'
import type { Tenant } from '../lib/tenant.ts'
import type { Axis } from './point-order.ts'
import { segmentCodec } from './segment-codec.ts'
import { headColumns, type StoredSegment, storedSegment } from './stored-segment.ts'

/** A series: the points of one metric of one run. */
export interface SeriesId {
  readonly run: Int64
  readonly key: number
}

/** Where to read a series from. */
export interface SeriesSource {
  readonly db: Reader
  readonly tenant: Tenant
  readonly series: SeriesId
}

/** A range of steps or of timestamps (epoch ms), both ends included. */
export interface SeriesRange {
  readonly axis: Axis
  readonly start?: Int64 | undefined
  readonly end?: Int64 | undefined
}

export const wholeSeries: SeriesRange = { axis: 'step' }

/** Segments were merged between the reading of their heads and of their payloads. */
export class SegmentsMerged extends Error {}

interface InRange extends SeriesId {
  readonly tenant: Tenant
  readonly start: Int64
  readonly end: Int64
}

const headsBySteps = prepared((db, p: InRange) => bySteps(db, p).select(headColumns))
const headsByTime = prepared((db, p: InRange) => byTime(db, p).select(headColumns))
const segmentsBySteps = prepared((db, p: InRange & { limit: number }) =>
  bySteps(db, p)
    .select([...headColumns, 'payload'])
    .limit(p.limit),
)
const segmentsByTime = prepared((db, p: InRange & { limit: number }) =>
  byTime(db, p)
    .select([...headColumns, 'payload'])
    .limit(p.limit),
)
const tailHeads = prepared((db, p: SeriesId & { tenant: Tenant; limit: number }) =>
  segmentsOf(db, p).select(headColumns).orderBy('first_step', 'desc').orderBy('segment', 'desc').limit(p.limit),
)
const payloads = prepared((db, p: InRange & { segments: NumberListText }) =>
  segmentsOf(db, p)
    .select([...headColumns, 'payload'])
    .where('first_step', '>=', p.start)
    .where('first_step', '<=', p.end)
    .where('segment', 'in', db.selectFrom(numberRows(db, p.segments).as('wanted')).select('wanted.number')),
)

/** The heads of a series' segments that reach into a range, without payloads; by first step. */
export async function readHeads(
  db: Reader,
  tenant: Tenant,
  series: SeriesId,
  range: SeriesRange,
): Promise<StoredSegment[]> {
  const read = range.axis === 'step' ? headsBySteps : headsByTime
  const { start = int64Min, end = int64Max } = range
  return (await read(db, { tenant, run: series.run, key: series.key, start, end })).map(storedSegment)
}

/** At most `limit` segments with their payloads; by first step. */
export async function readSegments(
  db: Reader,
  tenant: Tenant,
  series: SeriesId,
  range: SeriesRange,
  limit: number,
): Promise<StoredSegment[]> {
  const read = range.axis === 'step' ? segmentsBySteps : segmentsByTime
  const { start = int64Min, end = int64Max } = range
  return (await read(db, { tenant, run: series.run, key: series.key, start, end, limit })).map(storedSegment)
}

/** The heads of the `limit` segments that start last. */
export async function readTailHeads(
  db: Reader,
  tenant: Tenant,
  { run, key }: SeriesId,
  limit: number,
): Promise<StoredSegment[]> {
  return (await tailHeads(db, { tenant, run, key, limit })).map(storedSegment)
}

const payloadsPerQuery = 256

/**
 * The segments with their payloads, in the same order; those that came with one are not read again.
 *
 * @throws SegmentsMerged
 */
export async function withPayloads(
  { db, tenant, series }: SeriesSource,
  segments: readonly StoredSegment[],
): Promise<StoredSegment[]> {
  const missing = segments.filter(({ payload, codec }) => payload === undefined && codec !== segmentCodec.single)
  if (missing.length === 0) return [...segments]
  missing.sort((a, b) => compareInt64(a.firstStep, b.firstStep))
  const read = new Map<number | bigint, StoredSegment>()
  for (let from = 0; from < missing.length; from += payloadsPerQuery) {
    const batch = missing.slice(from, from + payloadsPerQuery)
    const rows = await payloads(db, {
      tenant,
      run: series.run,
      key: series.key,
      start: batch[0]!.firstStep,
      end: batch.at(-1)!.firstStep,
      segments: numberListText(batch.map(({ segment }) => segment)),
    })
    for (const row of rows) read.set(row.segment, storedSegment(row))
  }
  if (read.size < missing.length) throw new SegmentsMerged()
  return segments.map((segment) => read.get(segment.segment) ?? segment)
}

function bySteps(db: Reader | Tx, p: InRange) {
  return segmentsOf(db, p)
    .where('last_step', '>=', p.start)
    .where('first_step', '<=', p.end)
    .orderBy('first_step')
    .orderBy('segment')
}

function byTime(db: Reader | Tx, p: InRange) {
  return segmentsOf(db, p)
    .where('last_ts', '>=', p.start)
    .where('first_ts', '<=', p.end)
    .orderBy('first_step')
    .orderBy('segment')
}

function segmentsOf(db: Reader | Tx, p: SeriesId & { readonly tenant: Tenant }) {
  return db
    .selectFrom('metric_segments')
    .where('tenant', '=', p.tenant)
    .where('run', '=', p.run)
    .where('key', '=', p.key)
}
