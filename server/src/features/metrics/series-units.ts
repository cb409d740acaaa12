import { mergePoints } from '../../ingest/merge-points.ts'
import type { PointColumns } from '../../ingest/point-columns.ts'
import { compareAlong } from '../../ingest/point-order.ts'
import { segmentClusters } from '../../ingest/segment-clusters.ts'
import { type SeriesRange, type SeriesSource, withPayloads } from '../../ingest/segment-store.ts'
import { decodeSegments, type StoredSegment } from '../../ingest/stored-segment.ts'
import type { Pacer } from '../../lib/pacer.ts'
import { segmentsInRange, withinRange } from './metric-points.ts'

/**
 * A piece of a series: either a segment that overlaps no other, whose head tells the truth about it, or points that had to
 * be decoded.
 */
export type SeriesUnit =
  | { readonly count: number; readonly segment: StoredSegment; readonly points?: undefined }
  | { readonly count: number; readonly points: PointColumns; readonly segment?: undefined }

/**
 * The pieces of a series in a range, one behind the other along the range's axis. Only what overlaps, or reaches out of the
 * range, is decoded.
 */
export async function readUnits(source: SeriesSource, range: SeriesRange, pacer: Pacer): Promise<SeriesUnit[]> {
  const compare = compareAlong(range.axis)
  const clusters = segmentClusters(await segmentsInRange(source, range), range.axis)
  const payloads = await withPayloads(source, clusters.filter((cluster) => !isWhole(cluster, range)).flat())
  let next = 0
  const units: SeriesUnit[] = []
  for (const cluster of clusters) {
    const [segment] = cluster
    if (segment !== undefined && isWhole(cluster, range)) {
      units.push({ count: segment.n, segment })
      continue
    }
    const parts = await decodeSegments(payloads.slice(next, next + cluster.length), compare, pacer)
    next += cluster.length
    const points = withinRange(await mergePoints(parts, compare, pacer), range)
    units.push({ count: points.length, points })
  }
  return units
}

/** Whether a cluster is one segment inside the range. */
function isWhole(cluster: readonly StoredSegment[], { axis, start, end }: SeriesRange): boolean {
  const [segment] = cluster
  if (segment === undefined || cluster.length > 1) return false
  const [first, last] = axis === 'step' ? [segment.firstStep, segment.lastStep] : [segment.firstTs, segment.lastTs]
  return (start === undefined || first >= start) && (end === undefined || last <= end)
}
