import type { Reader } from '../../db/database.ts'
import { noPoints, type PointColumns, type PointSource, sliceColumns } from '../../ingest/point-columns.ts'
import { comparePointsInTime, lowerBound } from '../../ingest/point-order.ts'
import { segmentClusters } from '../../ingest/segment-clusters.ts'
import { type SeriesSource, wholeSeries } from '../../ingest/segment-store.ts'
import type { StoredSegment } from '../../ingest/stored-segment.ts'
import { type Int64, toInt64 } from '../../lib/int64.ts'
import type { Pacer } from '../../lib/pacer.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { pointsOf, readingSeries, segmentsInRange } from './metric-points.ts'
import { findSeries } from './series-store.ts'

/** A place in a history: its last point read. */
export interface HistoryPlace {
  readonly timestamp: Int64
  readonly step: Int64
  readonly value: number
}

export interface HistoryPage {
  /** By (timestamp, step, value); exact repeats once. */
  readonly points: PointColumns
  /** Where the next page goes on; undefined at the end. */
  readonly next: HistoryPlace | undefined
}

/**
 * The points of one series in the order of MLflow's `metrics/get-history`.
 *
 * @param after the place where the page before ended
 * @param limit most points; undefined for all
 */
export async function readHistory(source: SeriesSource, after?: HistoryPlace, limit?: number): Promise<HistoryPage> {
  return readingSeries(async (pacer) => {
    const all = await segmentsInRange(source, wholeSeries)
    const segments = after === undefined ? all : all.filter(({ lastTs }) => lastTs >= after.timestamp)
    if (limit === undefined) {
      const points = await pointsOf(source, segments, comparePointsInTime, pacer)
      return { points: pointsAfter(points, after), next: undefined }
    }
    const points = await firstPoints(source, segments, after, limit + 1, pacer)
    if (points.length <= limit) return { points, next: undefined }
    const page = sliceColumns(points, 0, limit)
    return { points: page, next: placeOf(page, limit - 1) }
  })
}

/**
 * The histories of one metric in several runs, by run id, as MLflow's `metrics/get-history-bulk` answers them.
 *
 * @param limit most points over all runs
 */
export async function readHistories(
  db: Reader,
  tenant: Tenant,
  runIds: readonly string[],
  metric: string,
  limit: number,
): Promise<{ readonly runId: string; readonly points: PointColumns }[]> {
  const found = await findSeries(db, tenant, runIds, metric)
  const histories: { runId: string; points: PointColumns }[] = []
  let left = limit
  for (const [runId, series] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (left === 0) break
    const { points } = await readHistory({ db, tenant, series }, undefined, left)
    if (points.length > 0) histories.push({ runId, points })
    left -= points.length
  }
  return histories
}

/** The first `count` points after a place, or all that are left. */
async function firstPoints(
  source: SeriesSource,
  segments: readonly StoredSegment[],
  after: HistoryPlace | undefined,
  count: number,
  pacer: Pacer,
): Promise<PointColumns> {
  const clusters = segmentClusters(segments, 'time')
  let taken: StoredSegment[] = []
  let points = noPoints
  let from = 0
  while (from < clusters.length && points.length < count) {
    // Repeats, and points before the place, are counted here as well; the loop makes up for them.
    let expected = points.length
    while (from < clusters.length && expected < count) {
      const cluster = clusters[from++]!
      taken = taken.concat(cluster)
      expected += cluster.reduce((sum, { n }) => sum + n, 0)
    }
    points = pointsAfter(await pointsOf(source, taken, comparePointsInTime, pacer), after)
  }
  return points.length <= count ? points : sliceColumns(points, 0, count)
}

function pointsAfter(points: PointColumns, after: HistoryPlace | undefined): PointColumns {
  if (after === undefined) return points
  const bound: PointSource = { steps: [after.step], timestamps: [after.timestamp], values: [after.value] }
  const from = lowerBound(points, comparePointsInTime, bound, 0)
  const repeated = from < points.length && comparePointsInTime(points, from, bound, 0) === 0
  return sliceColumns(points, repeated ? from + 1 : from, points.length)
}

function placeOf(points: PointColumns, i: number): HistoryPlace {
  return { timestamp: toInt64(points.timestamps[i]!), step: toInt64(points.steps[i]!), value: points.values[i]! }
}
