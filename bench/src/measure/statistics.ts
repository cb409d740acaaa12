/** The middle value of a list, the mean of the two middle ones when the count is even; NaN for an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The smallest value which at least `share` of the values do not exceed (nearest rank), NaN for an empty list.
 *
 * @param sorted ascending
 * @param share between 0 and 1, so 0.99 for p99
 */
export function percentile(sorted: Float64Array | readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN
  const rank = Math.max(1, Math.ceil(share * sorted.length))
  return sorted[Math.min(rank, sorted.length) - 1]!
}

/** A list of numbers which grows without boxing, for the latencies of hundreds of thousands of requests. */
export interface NumberLog {
  add(value: number): void
  /** A sorted copy. */
  sorted(): Float64Array
}

/** An empty {@link NumberLog}. */
export function numberLog(): NumberLog {
  let values = new Float64Array(4096)
  let length = 0
  return {
    add(value) {
      if (length === values.length) {
        const larger = new Float64Array(values.length * 2)
        larger.set(values)
        values = larger
      }
      values[length++] = value
    },
    sorted: () => values.slice(0, length).sort(),
  }
}
