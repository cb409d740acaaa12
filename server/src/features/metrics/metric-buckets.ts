import type { PointColumns } from '../../ingest/point-columns.ts'
import { compareAlong } from '../../ingest/point-order.ts'
import type { SeriesRange, SeriesSource } from '../../ingest/segment-store.ts'
import { isInTime, type StoredSegment } from '../../ingest/stored-segment.ts'
import { type Int64, toInt64 } from '../../lib/int64.ts'
import { type BucketGrid, createBucketGrid } from './bucket-rules.ts'
import { pointsOf, readingSeries } from './metric-points.ts'
import { readUnits, type SeriesUnit } from './series-units.ts'

interface BucketPoint {
  readonly step: Int64
  readonly timestamp: Int64
  /** May be NaN. */
  readonly value: number
}

/** The points of a series between two places of its axis, both included, in figures. */
export interface SeriesBucket {
  readonly from: Int64
  readonly to: Int64
  readonly count: number
  readonly nanCount: number
  /** First and last along the axis. */
  readonly first: BucketPoint
  readonly last: BucketPoint
  /** Smallest and greatest value that is not NaN; null where all are. */
  readonly min: number | null
  readonly max: number | null
}

/**
 * A series in at most `buckets` buckets of equal width over a range of steps or of time; empty ones are left out. Every
 * point is counted in one bucket, so that no peak is lost, however few buckets there are.
 *
 * @param range without an end, the series' own end on that side
 */
export async function bucketSeries(source: SeriesSource, buckets: number, range: SeriesRange): Promise<SeriesBucket[]> {
  return readingSeries(async (pacer) => {
    const units = (await readUnits(source, range, pacer)).filter(({ count }) => count > 0)
    const { axis } = range
    const first = units[0]
    const last = units.at(-1)
    if (first === undefined || last === undefined) return []
    const grid = createBucketGrid(range.start ?? startOf(first, axis), range.end ?? endOf(last, axis), buckets)
    const gathering = new Map<number, Gathered>()
    const straddling = units.flatMap(({ segment }) =>
      segment === undefined || isInOneBucket(segment, axis, grid) ? [] : [segment],
    )
    for (const { segment, points } of units) {
      if (points !== undefined) addPoints(gathering, points, axis, grid)
      else if (isInOneBucket(segment, axis, grid)) addHead(gathering, segment, axis, grid)
    }
    if (straddling.length > 0) {
      addPoints(gathering, await pointsOf(source, straddling, compareAlong(axis), pacer), axis, grid)
    }
    return Array.from(gathering, ([bucket, gathered]) => ({ ...grid.bounds(bucket), ...gathered })).sort((a, b) =>
      a.from < b.from ? -1 : 1,
    )
  })
}

type Axis = SeriesRange['axis']

interface Gathered {
  count: number
  nanCount: number
  first: BucketPoint
  last: BucketPoint
  min: number | null
  max: number | null
}

/** Whether the head of a segment says all that its bucket needs. */
function isInOneBucket(segment: StoredSegment, axis: Axis, grid: BucketGrid): boolean {
  const [from, to] = axis === 'step' ? [segment.firstStep, segment.lastStep] : [segment.firstTs, segment.lastTs]
  return isInTime(segment) && grid.bucketOf(from) === grid.bucketOf(to)
}

function addHead(gathering: Map<number, Gathered>, segment: StoredSegment, axis: Axis, grid: BucketGrid): void {
  const { n, nanCount, vmin, vmax, firstStep, firstTs, lastStep, lastTs } = segment
  add(gathering, grid.bucketOf(axis === 'step' ? firstStep : firstTs), axis, {
    count: n,
    nanCount,
    first: { step: firstStep, timestamp: firstTs, value: segment.vfirst ?? Number.NaN },
    last: { step: lastStep, timestamp: lastTs, value: segment.vlast ?? Number.NaN },
    min: vmin,
    max: vmax,
  })
}

/** @param points in the order of the axis */
function addPoints(gathering: Map<number, Gathered>, points: PointColumns, axis: Axis, grid: BucketGrid): void {
  const places = axis === 'step' ? points.steps : points.timestamps
  let from = 0
  while (from < points.length) {
    const bucket = grid.bucketOf(places[from]!)
    const { to: end } = grid.bounds(bucket)
    let to = from
    let nanCount = 0
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (; to < points.length && places[to]! <= end; to++) {
      const value = points.values[to]!
      if (Number.isNaN(value)) nanCount++
      else {
        if (value < min) min = value
        if (value > max) max = value
      }
    }
    const count = to - from
    const none = nanCount === count
    const [first, last] = [pointAt(points, from), pointAt(points, to - 1)]
    add(gathering, bucket, axis, { count, nanCount, first, last, min: none ? null : min, max: none ? null : max })
    from = to
  }
}

function add(gathering: Map<number, Gathered>, bucket: number, axis: Axis, more: Gathered): void {
  const known = gathering.get(bucket)
  if (known === undefined) {
    gathering.set(bucket, more)
    return
  }
  known.count += more.count
  known.nanCount += more.nanCount
  if (comesBefore(more.first, known.first, axis)) known.first = more.first
  if (comesBefore(known.last, more.last, axis)) known.last = more.last
  if (more.min !== null && (known.min === null || more.min < known.min)) known.min = more.min
  if (more.max !== null && (known.max === null || more.max > known.max)) known.max = more.max
}

function comesBefore(a: BucketPoint, b: BucketPoint, axis: Axis): boolean {
  return compareAlong(axis)(column(a), 0, column(b), 0) < 0
}

function column({ step, timestamp, value }: BucketPoint) {
  return { steps: [step], timestamps: [timestamp], values: [value] }
}

function pointAt(points: PointColumns, i: number): BucketPoint {
  return { step: toInt64(points.steps[i]!), timestamp: toInt64(points.timestamps[i]!), value: points.values[i]! }
}

function startOf({ segment, points }: SeriesUnit, axis: Axis): Int64 {
  if (segment !== undefined) return axis === 'step' ? segment.firstStep : segment.firstTs
  return (axis === 'step' ? points.steps : points.timestamps)[0]!
}

function endOf({ segment, points }: SeriesUnit, axis: Axis): Int64 {
  if (segment !== undefined) return axis === 'step' ? segment.lastStep : segment.lastTs
  return (axis === 'step' ? points.steps : points.timestamps)[points.length - 1]!
}
