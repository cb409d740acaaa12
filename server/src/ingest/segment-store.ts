import type { Reader } from '../db/database.ts'
import { compareInt64, type Int64 } from '../lib/int64.ts'
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

/** The heads of a series' segments that reach into a range, without payloads; by first step. */
export async function readHeads(
  db: Reader,
  tenant: Tenant,
  series: SeriesId,
  range: SeriesRange,
): Promise<StoredSegment[]> {
  const rows = await segmentsIn(db, tenant, series, range).select(headColumns).execute()
  return rows.map(storedSegment)
}

/** At most `limit` segments with their payloads; by first step. */
export async function readSegments(
  db: Reader,
  tenant: Tenant,
  series: SeriesId,
  range: SeriesRange,
  limit: number,
): Promise<StoredSegment[]> {
  const rows = await segmentsIn(db, tenant, series, range)
    .select([...headColumns, 'payload'])
    .limit(limit)
    .execute()
  return rows.map(storedSegment)
}

/** The heads of the `limit` segments that start last. */
export async function readTailHeads(
  db: Reader,
  tenant: Tenant,
  { run, key }: SeriesId,
  limit: number,
): Promise<StoredSegment[]> {
  const rows = await db
    .selectFrom('metric_segments')
    .select(headColumns)
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('key', '=', key)
    .orderBy('first_step', 'desc')
    .orderBy('segment', 'desc')
    .limit(limit)
    .execute()
  return rows.map(storedSegment)
}

/**
 * Given segments with their payloads; fewer when some have been merged since their heads were read.
 *
 * @param segments at least one, by first step
 */
async function readPayloads(
  db: Reader,
  tenant: Tenant,
  series: SeriesId,
  segments: readonly StoredSegment[],
): Promise<StoredSegment[]> {
  const rows = await db
    .selectFrom('metric_segments')
    .select([...headColumns, 'payload'])
    .where('tenant', '=', tenant)
    .where('run', '=', series.run)
    .where('key', '=', series.key)
    .where('first_step', '>=', segments[0]!.firstStep)
    .where('first_step', '<=', segments.at(-1)!.firstStep)
    .where(
      'segment',
      'in',
      segments.map(({ segment }) => segment),
    )
    .execute()
  return rows.map(storedSegment)
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
    for (const segment of await readPayloads(db, tenant, series, batch)) read.set(segment.segment, segment)
  }
  if (read.size < missing.length) throw new SegmentsMerged()
  return segments.map((segment) => read.get(segment.segment) ?? segment)
}

function segmentsIn(db: Reader, tenant: Tenant, { run, key }: SeriesId, { axis, start, end }: SeriesRange) {
  const [first, last] = axis === 'step' ? (['first_step', 'last_step'] as const) : (['first_ts', 'last_ts'] as const)
  let query = db
    .selectFrom('metric_segments')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('key', '=', key)
    .orderBy('first_step')
    .orderBy('segment')
  if (start !== undefined) query = query.where(last, '>=', start)
  if (end !== undefined) query = query.where(first, '<=', end)
  return query
}
