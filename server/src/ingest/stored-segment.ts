import type { Int64 } from '../lib/int64.ts'
import type { Pacer } from '../lib/pacer.ts'
import { noPoints, type PointColumns, type PointSource } from './point-columns.ts'
import { type ComparePoints, isStepOrder, ordered } from './point-order.ts'
import { decodeSegment, type SegmentHead, segmentCodec } from './segment-codec.ts'

/** A segment as it is stored; the payload may not have been read. */
export interface StoredSegment extends SegmentHead {
  readonly segment: Int64
  readonly payload: Uint8Array | undefined
}

/** What is read of `metric_segments`. */
export interface SegmentRow {
  readonly first_step: Int64
  readonly segment: Int64
  readonly last_step: Int64
  readonly first_ts: Int64
  readonly last_ts: Int64
  readonly n: number
  readonly vmin: number | null
  readonly vmax: number | null
  readonly vfirst: number | null
  readonly vlast: number | null
  readonly nan_count: number
  readonly codec: number
  readonly payload?: Uint8Array
}

/** The columns of `SegmentRow` but for the payload. */
export const headColumns = [
  'first_step',
  'segment',
  'last_step',
  'first_ts',
  'last_ts',
  'n',
  'vmin',
  'vmax',
  'vfirst',
  'vlast',
  'nan_count',
  'codec',
] as const

/** A segment with the head complete: a single point's value is its extremes and its last as well. */
export function storedSegment(row: SegmentRow): StoredSegment {
  const single = row.codec === segmentCodec.single
  return {
    firstStep: row.first_step,
    lastStep: row.last_step,
    firstTs: row.first_ts,
    lastTs: row.last_ts,
    n: row.n,
    vmin: single ? row.vfirst : row.vmin,
    vmax: single ? row.vfirst : row.vmax,
    vfirst: row.vfirst,
    vlast: single ? row.vfirst : row.vlast,
    nanCount: row.nan_count,
    codec: row.codec,
    segment: row.segment,
    payload: row.payload,
  }
}

/** Whether the head alone tells the timestamps of the segment's first and last point. */
export function isInTime({ codec }: SegmentHead): boolean {
  return codec !== segmentCodec.packed
}

/**
 * The points of segments, in parts that are each in the order of `compare`. Single points come together in one part.
 *
 * @param segments with their payloads
 */
export async function decodeSegments(
  segments: readonly StoredSegment[],
  compare: ComparePoints,
  pacer: Pacer,
): Promise<PointColumns[]> {
  const parts = [ordered(singlePoints(segments), compare)]
  for (const segment of segments) {
    if (segment.codec === segmentCodec.single) continue
    if (segment.payload === undefined) throw new Error('the payload of a segment has not been read')
    const points = decodeSegment(segment, segment.payload)
    parts.push(isStepOrder(compare) || isInTime(segment) ? points : ordered(points, compare))
    const pause = pacer.spend(segment.n)
    if (pause) await pause
  }
  return parts
}

function singlePoints(segments: readonly StoredSegment[]): PointColumns {
  const singles = segments.filter(({ codec }) => codec === segmentCodec.single)
  if (singles.length === 0) return noPoints
  return columnsOf({
    steps: singles.map(({ firstStep }) => firstStep),
    timestamps: singles.map(({ firstTs }) => firstTs),
    values: singles.map(({ vfirst }) => vfirst ?? Number.NaN),
  })
}

function columnsOf({ steps, timestamps, values }: PointSource): PointColumns {
  return {
    length: values.length,
    steps: intColumnOf(steps),
    timestamps: intColumnOf(timestamps),
    values: Float64Array.from(values),
  }
}

function intColumnOf(integers: ArrayLike<Int64>): Float64Array | BigInt64Array {
  for (let i = 0; i < integers.length; i++) {
    if (typeof integers[i] === 'bigint') return BigInt64Array.from(Array.from(integers, BigInt))
  }
  return Float64Array.from(integers as ArrayLike<number>)
}
