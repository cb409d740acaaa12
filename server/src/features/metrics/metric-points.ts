import { mergePoints } from '../../ingest/merge-points.ts'
import { type IntColumn, type PointColumns, sliceColumns } from '../../ingest/point-columns.ts'
import { type ComparePoints, compareAlong } from '../../ingest/point-order.ts'
import {
  readHeads,
  readSegments,
  SegmentsMerged,
  type SeriesRange,
  type SeriesSource,
  wholeSeries,
  withPayloads,
} from '../../ingest/segment-store.ts'
import { decodeSegments, type StoredSegment } from '../../ingest/stored-segment.ts'
import type { Int64 } from '../../lib/int64.ts'
import { createPacer, type Pacer } from '../../lib/pacer.ts'

/** Up to so many segments are read whole at once (1 MB at most); of more, the heads first. */
const readWhole = 256

/** Points decoded or merged before others get the event loop: about 1 ms. */
const pointsPerSlice = 16_384

/**
 * Runs a read of several queries on a series. When a merge comes between them it starts again; a series is merged far more
 * rarely than it is read.
 */
export async function readingSeries<T>(read: (pacer: Pacer) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read(createPacer(pointsPerSlice))
    } catch (error) {
      if (!(error instanceof SegmentsMerged) || attempt === 10) throw error
    }
  }
}

/** Every point of a series in a range, exact repeats once; in the order of the range's axis. */
export async function readPoints(source: SeriesSource, range: SeriesRange = wholeSeries): Promise<PointColumns> {
  return readingSeries(async (pacer) => {
    const points = await pointsOf(source, await segmentsInRange(source, range), compareAlong(range.axis), pacer)
    return withinRange(points, range)
  })
}

/** All segments that reach into a range, by first step; with their payloads when they are few. */
export async function segmentsInRange(
  { db, tenant, series }: SeriesSource,
  range: SeriesRange,
): Promise<readonly StoredSegment[]> {
  const segments = await readSegments(db, tenant, series, range, readWhole + 1)
  return segments.length <= readWhole ? segments : readHeads(db, tenant, series, range)
}

/** The points of segments, merged in the given order. */
export async function pointsOf(
  source: SeriesSource,
  segments: readonly StoredSegment[],
  compare: ComparePoints,
  pacer: Pacer,
): Promise<PointColumns> {
  const complete = await withPayloads(source, segments)
  return mergePoints(await decodeSegments(complete, compare, pacer), compare, pacer)
}

/** Cuts points, which are in the order of the range's axis, to the range. */
export function withinRange(points: PointColumns, { axis, start, end }: SeriesRange): PointColumns {
  const places = axis === 'step' ? points.steps : points.timestamps
  const from = start === undefined ? 0 : firstIndex(places, (place) => place >= start)
  const to = end === undefined ? points.length : firstIndex(places, (place) => place > end)
  return from === 0 && to === points.length ? points : sliceColumns(points, from, Math.max(from, to))
}

/** The first index from which on `reached` holds. */
function firstIndex(places: IntColumn, reached: (place: Int64) => boolean): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (reached(places[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
