import { sql } from 'kysely'
import type { Database, Reader, Tx } from '../db/database.ts'
import { type NumberListText, numberListText, numberRows } from '../db/number-list.ts'
import { prepared } from '../db/prepared.ts'
import { compareInt64, type Int64 } from '../lib/int64.ts'
import { createPacer, type Pacer } from '../lib/pacer.ts'
import type { Tenant } from '../lib/tenant.ts'
import { mergePoints } from './merge-points.ts'
import { cutIntoChunks, mergeSlices } from './merge-slices.ts'
import { comparePoints, type PointColumns } from './point-columns.ts'
import { type EncodedSegment, encodeSegment } from './segment-codec.ts'
import { nextSegmentId } from './segment-id.ts'
import { readHeads, readTailHeads, SegmentsMerged, type SeriesId, wholeSeries, withPayloads } from './segment-store.ts'
import { decodeSegments, type StoredSegment } from './stored-segment.ts'

const pointsPerSlice = 8192

/**
 * Merges what is due of some series into chunks, drops exact repeats, and takes the series off the work list.
 *
 * Writers only ever add segments, so those that were read can vanish only by another merge. The transaction that replaces
 * them counts those that it deletes: when one is missing it is rolled back, and not a point is lost or doubled.
 *
 * @returns whether it was done; false when another merge came first
 */
export async function mergeSeries(
  database: Database,
  tenant: Tenant,
  series: readonly SeriesId[],
  now: number,
): Promise<boolean> {
  try {
    const merges = await prepareMerges(database.read, tenant, series)
    const parts = transactionsOf(merges)
    for (const part of parts) {
      await database.write(tenant, async (tx) => {
        for (const merge of part) await applyMerge(tx, tenant, merge, now)
        if (part === parts.at(-1)) await takeOffList(tx, tenant, series)
      })
    }
    return true
  } catch (error) {
    if (error instanceof SegmentsMerged) return false
    throw error
  }
}

interface Merge extends SeriesId {
  readonly old: readonly StoredSegment[]
  readonly chunks: readonly EncodedSegment[]
  readonly droppedPoints: number
  readonly droppedNans: number
}

async function prepareMerges(db: Reader, tenant: Tenant, series: readonly SeriesId[]): Promise<Merge[]> {
  const pacer = createPacer(pointsPerSlice)
  const merges: Merge[] = []
  for (const place of series) {
    for (const slice of await dueSlices(db, tenant, place)) {
      const segments = await withPayloads({ db, tenant, series: place }, slice)
      merges.push(await prepareMerge(place, segments, pacer))
    }
  }
  return merges
}

/** New segments are mostly at the end of a series: the whole of it is searched only when they are not. */
const tailSegments = 192

async function dueSlices(db: Reader, tenant: Tenant, series: SeriesId): Promise<StoredSegment[][]> {
  const tail = await readTailHeads(db, tenant, series, tailSegments)
  const slices = mergeSlices(tail)
  if (slices.length > 0 || tail.length < tailSegments) return slices
  return mergeSlices(await readHeads(db, tenant, series, wholeSeries))
}

async function prepareMerge(place: SeriesId, old: readonly StoredSegment[], pacer: Pacer): Promise<Merge> {
  const merged = await mergePoints(await decodeSegments(old, comparePoints, pacer), comparePoints, pacer)
  const chunks = cutIntoChunks(merged).map((points) => encodeSegment(points, 'small'))
  return {
    ...place,
    old,
    chunks,
    droppedPoints: sumOf(old, ({ n }) => n) - merged.length,
    droppedNans: sumOf(old, ({ nanCount }) => nanCount) - nansIn(merged),
  }
}

/** Limits of one write transaction, with room for what an estimate leaves out. */
const rowsPerTransaction = 4000
const bytesPerTransaction = 2 ** 21

/** @returns at least one transaction, which may be empty */
function transactionsOf(merges: readonly Merge[]): Merge[][] {
  let current: Merge[] = []
  const transactions = [current]
  let rows = 0
  let bytes = 0
  for (const merge of merges) {
    const ownRows = merge.old.length + merge.chunks.length
    const ownBytes = merge.chunks.reduce((sum, { payload }) => sum + payload.length, 0)
    if (current.length > 0 && (rows + ownRows > rowsPerTransaction || bytes + ownBytes > bytesPerTransaction)) {
      current = []
      transactions.push(current)
      rows = 0
      bytes = 0
    }
    current.push(merge)
    rows += ownRows
    bytes += ownBytes
  }
  return transactions
}

async function takeOffList(tx: Tx, tenant: Tenant, series: readonly SeriesId[]): Promise<void> {
  for (const { run, key } of series) {
    await tx
      .deleteFrom('series_todo')
      .where('tenant', '=', tenant)
      .where('run', '=', run)
      .where('key', '=', key)
      .execute()
  }
}

const deleteSegments = prepared(
  (db, p: SeriesId & { tenant: Tenant; low: Int64; high: Int64; segments: NumberListText }) =>
    db
      .deleteFrom('metric_segments')
      .where('tenant', '=', p.tenant)
      .where('run', '=', p.run)
      .where('key', '=', p.key)
      .where('first_step', '>=', p.low)
      .where('first_step', '<=', p.high)
      .where('segment', 'in', db.selectFrom(numberRows(db, p.segments).as('old')).select('old.number'))
      .returning('segment'),
)

async function applyMerge(tx: Tx, tenant: Tenant, merge: Merge, now: number): Promise<void> {
  const { run, key, old, chunks } = merge
  const firstSteps = old.map(({ firstStep }) => firstStep).sort(compareInt64)
  const deleted = await deleteSegments(tx, {
    tenant,
    run,
    key,
    low: firstSteps[0]!,
    high: firstSteps.at(-1)!,
    segments: numberListText(old.map(({ segment }) => segment)),
  })
  if (deleted.length !== old.length) throw new SegmentsMerged()
  await tx
    .insertInto('metric_segments')
    .values(chunks.map((chunk) => ({ tenant, run, key, segment: nextSegmentId(now), ...chunkRow(chunk) })))
    .execute()
  if (merge.droppedPoints === 0) return
  await tx
    .updateTable('metric_summary')
    .set({
      points: sql`points - ${merge.droppedPoints}`,
      nan_count: sql`nan_count - ${merge.droppedNans}`,
    })
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('key', '=', key)
    .execute()
}

function chunkRow(chunk: EncodedSegment) {
  return {
    first_step: chunk.firstStep,
    last_step: chunk.lastStep,
    first_ts: chunk.firstTs,
    last_ts: chunk.lastTs,
    n: chunk.n,
    vmin: chunk.vmin,
    vmax: chunk.vmax,
    vfirst: chunk.vfirst,
    vlast: chunk.vlast,
    nan_count: chunk.nanCount,
    codec: chunk.codec,
    location: 0,
    payload: chunk.payload,
  }
}

function nansIn({ values }: PointColumns): number {
  return values.reduce((count, value) => count + Number(Number.isNaN(value)), 0)
}

function sumOf(segments: readonly StoredSegment[], of: (segment: StoredSegment) => number): number {
  return segments.reduce((sum, segment) => sum + of(segment), 0)
}
