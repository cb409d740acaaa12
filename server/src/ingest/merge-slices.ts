import { segmentsWorthMerging } from './merge-trigger.ts'
import type { PointColumns } from './point-columns.ts'
import { sliceColumns } from './point-columns.ts'
import { segmentClusters } from './segment-clusters.ts'
import type { SegmentHead } from './segment-codec.ts'

/** Points of a chunk, about. */
const chunkPoints = 512

/** A segment of fewer points is to be merged into a chunk. */
const smallSegment = chunkPoints / 2

const maxSegments = 512
const maxPoints = 16_384

/**
 * Which segments of a series to merge, in slices that are each small enough for one transaction: small segments with their
 * neighbours, and the chunks that they overlap. Where very many points overlap, small segments are merged only among
 * themselves, so that a few late points do not rewrite everything.
 *
 * @returns nothing when it does not pay
 */
export function mergeSlices<T extends SegmentHead>(segments: readonly T[]): T[][] {
  if (segments.filter(isSmall).length < segmentsWorthMerging) return []
  const slices: T[][] = []
  let slice: T[] = []
  let points = 0
  const close = (): void => {
    if (slice.length > 1) slices.push(slice)
    slice = []
    points = 0
  }
  for (const cluster of segmentClusters(segments, 'step')) {
    if (!cluster.some(isSmall)) {
      close()
      continue
    }
    const members = pointsIn(cluster) <= maxPoints ? cluster : cluster.filter(isSmall)
    for (const segment of members) {
      if (slice.length >= maxSegments || points >= maxPoints) close()
      slice.push(segment)
      points += segment.n
    }
  }
  close()
  return slices
}

/** Cuts points into chunks of about `chunkPoints` that differ by one in length. */
export function cutIntoChunks(points: PointColumns): PointColumns[] {
  const count = Math.max(1, Math.round(points.length / chunkPoints))
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * points.length) / count)
    return sliceColumns(points, from, Math.floor(((i + 1) * points.length) / count))
  })
}

function isSmall({ n }: SegmentHead): boolean {
  return n < smallSegment
}

function pointsIn(segments: readonly SegmentHead[]): number {
  return segments.reduce((sum, { n }) => sum + n, 0)
}
