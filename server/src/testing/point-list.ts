import type { Int64 } from '../lib/int64.ts'
import { toInt64 } from '../lib/int64.ts'

export interface ListedPoint {
  readonly step: Int64
  readonly timestamp: Int64
  readonly value: number
}

type Order = (a: ListedPoint, b: ListedPoint) => number

/** Points of columns, one object each. */
export function listed(points: {
  readonly length: number
  readonly steps: ArrayLike<Int64>
  readonly timestamps: ArrayLike<Int64>
  readonly values: ArrayLike<number>
}): ListedPoint[] {
  return Array.from({ length: points.length }, (_, i) => ({
    step: toInt64(points.steps[i]!),
    timestamp: toInt64(points.timestamps[i]!),
    value: points.values[i]!,
  }))
}

/** What a series must answer, worked out of a plain list of points the slow way. */
export function expectedOf(points: readonly ListedPoint[]) {
  const distinct = [...new Map(points.map((p) => [`${p.step} ${p.timestamp} ${p.value}`, p])).values()]
  const bySteps = distinct.toSorted(order('step', 'timestamp'))
  const inTime = distinct.toSorted(order('timestamp', 'step'))
  return {
    bySteps,
    inTime,
    /** MLflow's sampling: NTILE, the first of each bucket, and the last row. */
    sampled(samples: number, start?: Int64, end?: Int64) {
      const rows = within(bySteps, 'step', start, end)
      const tiles = ntiles(rows.length, samples)
      const kept = rows.filter((_, i) => i === 0 || tiles[i] !== tiles[i - 1])
      const last = rows.at(-1)
      if (last === undefined || kept.at(-1) === last) return kept
      return kept.length === samples ? [...kept.slice(0, -1), last] : [...kept, last]
    },
    between: (axis: 'step' | 'time', start: Int64, end: Int64) =>
      axis === 'step' ? within(bySteps, 'step', start, end) : within(inTime, 'timestamp', start, end),
  }
}

/** The tile of each row, as SQL's NTILE numbers them. */
function ntiles(rows: number, tiles: number): number[] {
  return Array.from({ length: tiles }, (_, tile) => tile).flatMap((tile) =>
    Array(Math.floor(rows / tiles) + (tile < rows % tiles ? 1 : 0)).fill(tile),
  )
}

function within(points: readonly ListedPoint[], place: 'step' | 'timestamp', start?: Int64, end?: Int64) {
  return points.filter((p) => (start === undefined || p[place] >= start) && (end === undefined || p[place] <= end))
}

function order(first: 'step' | 'timestamp', second: 'step' | 'timestamp'): Order {
  return (a, b) => compare(a[first], b[first]) || compare(a[second], b[second]) || compareValue(a.value, b.value)
}

function compare(a: Int64, b: Int64): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareValue(a: number, b: number): number {
  return compare(a || 0, b || 0) || Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}
