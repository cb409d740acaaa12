import type { Int64 } from '../lib/int64.ts'
import type { Axis } from './point-order.ts'
import type { SegmentHead } from './segment-codec.ts'

/**
 * Groups segments so that all points of a group come before all points of the next. Within a group of several, ranges
 * overlap and points may repeat; a group of one has its points as they are.
 */
export function segmentClusters<T extends SegmentHead>(segments: readonly T[], axis: Axis): T[][] {
  const bounds = axis === 'step' ? stepBounds : timeBounds
  const sorted = segments
    .map((segment) => ({ segment, ...bounds(segment) }))
    .sort((a, b) => comparePlaces(a.low, b.low))
  const clusters: T[][] = []
  let cluster: T[] = []
  let end: Place | undefined
  for (const { segment, low, high } of sorted) {
    if (end === undefined || comparePlaces(low, end) > 0) {
      cluster = []
      clusters.push(cluster)
      end = high
    } else if (comparePlaces(high, end) > 0) end = high
    cluster.push(segment)
  }
  return clusters
}

type Place = readonly [Int64, Int64]

// All timestamps lie between the head's two, so these bound every point, whether or not it is the first or last one's own.
function stepBounds({ firstStep, firstTs, lastStep, lastTs }: SegmentHead): { low: Place; high: Place } {
  return { low: [firstStep, firstTs], high: [lastStep, lastTs] }
}

function timeBounds({ firstStep, firstTs, lastStep, lastTs }: SegmentHead): { low: Place; high: Place } {
  return { low: [firstTs, firstStep], high: [lastTs, lastStep] }
}

function comparePlaces(a: Place, b: Place): number {
  if (a[0] < b[0]) return -1
  if (a[0] > b[0]) return 1
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0
}
