import { type Int64, toInt64 } from '../../lib/int64.ts'

/** A range of integers cut into buckets of equal width, or width that differs by one. */
export interface BucketGrid {
  /** @param place within the range */
  bucketOf(place: Int64): number
  /** The places of a bucket, both included. */
  bounds(bucket: number): { readonly from: Int64; readonly to: Int64 }
}

/**
 * @param start first place of the range
 * @param end last place, not less than `start`
 * @param buckets most buckets; a range of fewer places gets one for each
 */
export function createBucketGrid(start: Int64, end: Int64, buckets: number): BucketGrid {
  const base = BigInt(start)
  const width = BigInt(end) - base + 1n
  const count = width < BigInt(buckets) ? width : BigInt(buckets)
  // Bucket i starts at floor(i * width / count).
  const startOf = (bucket: number): bigint => base + (BigInt(bucket) * width) / count
  const exact = (place: Int64): number => Number(((BigInt(place) - base + 1n) * count - 1n) / width)
  const isSmall = typeof start === 'number' && typeof end === 'number' && width * count < 2n ** 53n
  const [small, smallWidth, smallCount] = [Number(start), Number(width), Number(count)]
  return {
    bucketOf(place) {
      if (!isSmall) return exact(place)
      return Math.floor(((Number(place) - small + 1) * smallCount - 1) / smallWidth)
    },
    bounds: (bucket) => ({ from: toInt64(startOf(bucket)), to: toInt64(startOf(bucket + 1) - 1n) }),
  }
}
