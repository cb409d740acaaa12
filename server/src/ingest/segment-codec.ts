import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Int64 } from '../lib/int64.ts'
import { intColumn, type PointColumns, type PointSource, setInt } from './point-columns.ts'
import { readIntegers, writeIntegers } from './segment-integers.ts'
import { createVarintWriter, reserve } from './varint-writer.ts'

/** How a segment's points are stored; the `codec` column. */
export const segmentCodec = {
  /** One point, wholly in the head: `first_step`, `first_ts`, `vfirst`; the payload is empty. */
  single: 0,
  /** Points in a payload; timestamps go back somewhere as steps go on. */
  packed: 1,
  /** Points in a payload; timestamps never go back as steps go on, so that `first_ts` is the first point's. */
  packedInTime: 2,
} as const

/** What is known of a segment without its payload; the columns of the same names in `metric_segments`. */
export interface SegmentHead {
  readonly firstStep: Int64
  readonly lastStep: Int64
  /** Smallest and greatest timestamp, epoch ms. */
  readonly firstTs: Int64
  readonly lastTs: Int64
  readonly n: number
  /** Smallest and greatest value that is not NaN; null where there is none. */
  readonly vmin: number | null
  readonly vmax: number | null
  /** Value of the first and last point in (step, timestamp, value) order; null is NaN. */
  readonly vfirst: number | null
  readonly vlast: number | null
  readonly nanCount: number
  readonly codec: number
}

export interface EncodedSegment extends SegmentHead {
  readonly payload: Uint8Array
}

/** Whether to spend time on making the payload smaller: at merging, not on the hot path. */
export type Compression = 'fast' | 'small'

const flagDeflated = 1
const flagFloat32 = 2
/** Integers need more than doubles can hold. */
const flagWide = 4

const emptyPayload = new Uint8Array(0)
const writer = createVarintWriter()
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Packs points into one segment, exactly: steps as deltas, timestamps as differences of deltas, values as floats of 32
 * bits where that loses nothing, else 64, their bytes grouped by significance.
 *
 * @param points at least one, ordered as `comparePoints` does
 */
export function encodeSegment(points: PointSource, compression: Compression): EncodedSegment {
  const { steps, timestamps, values } = points
  const n = values.length
  const first = values[0]!
  if (n === 1 && !Object.is(first, -0)) return singleSegment(steps[0]!, timestamps[0]!, first)
  let firstTs = timestamps[0]!
  let lastTs = firstTs
  let vmin = Number.POSITIVE_INFINITY
  let vmax = Number.NEGATIVE_INFINITY
  let nanCount = 0
  let inTime = true
  let float32 = true
  for (let i = 0; i < n; i++) {
    const timestamp = timestamps[i]!
    if (timestamp < firstTs) firstTs = timestamp
    if (timestamp > lastTs) lastTs = timestamp
    if (i > 0 && timestamp < timestamps[i - 1]!) inTime = false
    const value = values[i]!
    if (Number.isNaN(value)) nanCount++
    else {
      if (value < vmin) vmin = value
      if (value > vmax) vmax = value
      if (Math.fround(value) !== value) float32 = false
    }
  }
  const head = {
    firstStep: steps[0]!,
    lastStep: steps[n - 1]!,
    firstTs,
    lastTs,
    n,
    vmin: nanCount === n ? null : vmin,
    vmax: nanCount === n ? null : vmax,
    vfirst: nanAsNull(first),
    vlast: nanAsNull(values[n - 1]!),
    nanCount,
    codec: inTime ? segmentCodec.packedInTime : segmentCodec.packed,
  }
  return { ...head, payload: encodePayload(points, firstTs, float32, compression) }
}

/** The points of a segment, in the order they were packed. */
export function decodeSegment(head: SegmentHead, payload: Uint8Array): PointColumns {
  const { n } = head
  const steps = intColumn(n, head.firstStep, head.lastStep)
  const timestamps = intColumn(n, head.firstTs, head.lastTs)
  if (head.codec === segmentCodec.single) {
    setInt(steps, 0, head.firstStep)
    setInt(timestamps, 0, head.firstTs)
    return { length: 1, steps, timestamps, values: Float64Array.of(head.vfirst ?? Number.NaN) }
  }
  const flags = payload[0] ?? 0
  const body = payload.subarray(1)
  const bytes = flags & flagDeflated ? inflateRawSync(body) : body
  const reader = { bytes, at: 0 }
  const wide = (flags & flagWide) !== 0
  readIntegers(reader, steps, head.firstStep, 'delta', wide)
  readIntegers(reader, timestamps, head.firstTs, 'delta-of-delta', wide)
  const values = unshuffled(bytes.subarray(reader.at), n, flags & flagFloat32 ? 4 : 8)
  return { length: n, steps, timestamps, values }
}

function singleSegment(step: Int64, timestamp: Int64, value: number): EncodedSegment {
  return {
    firstStep: step,
    lastStep: step,
    firstTs: timestamp,
    lastTs: timestamp,
    n: 1,
    vmin: null,
    vmax: null,
    vfirst: nanAsNull(value),
    vlast: null,
    nanCount: Number.isNaN(value) ? 1 : 0,
    codec: segmentCodec.single,
    payload: emptyPayload,
  }
}

function encodePayload(points: PointSource, firstTs: Int64, float32: boolean, compression: Compression): Uint8Array {
  writer.length = 0
  const wide = isWide(points)
  writeIntegers(writer, points.steps, points.steps[0]!, 'delta', wide)
  writeIntegers(writer, points.timestamps, firstTs, 'delta-of-delta', wide)
  const width = float32 ? 4 : 8
  const count = points.values.length
  reserve(writer, width * count)
  shuffle(points.values, width, writer.bytes.subarray(writer.length, writer.length + width * count))
  writer.length += width * count
  const body = writer.bytes.subarray(0, writer.length)
  const flags = (float32 ? flagFloat32 : 0) | (wide ? flagWide : 0)
  if (compression === 'small' && count >= 64) {
    const deflated = deflateRawSync(body, { level: 1 })
    if (deflated.length < body.length * 0.95) return withFlags(flags | flagDeflated, deflated)
  }
  return withFlags(flags, body)
}

function withFlags(flags: number, body: Uint8Array): Uint8Array {
  const payload = new Uint8Array(1 + body.length)
  payload[0] = flags
  payload.set(body, 1)
  return payload
}

/** Beyond ±2^50 differences of differences are no longer exact in doubles. */
function isWide({ steps, timestamps }: PointSource): boolean {
  const limit = 2 ** 50
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    const timestamp = timestamps[i]!
    if (step > limit || step < -limit || timestamp > limit || timestamp < -limit) return true
  }
  return false
}

/** Groups the bytes of the values by significance: neighbours then repeat, which deflate likes. */
function shuffle(values: ArrayLike<number>, width: 4 | 8, out: Uint8Array): void {
  const count = values.length
  const floats = width === 4 ? Float32Array.from(values) : Float64Array.from(values)
  const bytes = new Uint8Array(floats.buffer)
  for (let place = 0; place < width; place++) {
    const from = littleEndian ? place : width - 1 - place
    const to = place * count
    for (let i = 0; i < count; i++) out[to + i] = bytes[i * width + from]!
  }
}

function unshuffled(shuffled: Uint8Array, count: number, width: 4 | 8): Float64Array {
  if (shuffled.length !== count * width) throw new RangeError('a segment payload has the wrong length')
  const bytes = new Uint8Array(count * width)
  for (let place = 0; place < width; place++) {
    const to = littleEndian ? place : width - 1 - place
    const from = place * count
    for (let i = 0; i < count; i++) bytes[i * width + to] = shuffled[from + i]!
  }
  return width === 8 ? new Float64Array(bytes.buffer) : Float64Array.from(new Float32Array(bytes.buffer))
}

function nanAsNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
