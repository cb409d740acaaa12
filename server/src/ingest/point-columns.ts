import type { Int64 } from '../lib/int64.ts'

/** Exact 64-bit integers: doubles while every one is a safe integer. */
export type IntColumn = Float64Array | BigInt64Array

/** Points of one series, column by column. Times are epoch ms; a NaN value is NaN. */
export interface PointColumns {
  readonly length: number
  readonly steps: IntColumn
  readonly timestamps: IntColumn
  readonly values: Float64Array
}

/** Any columns of points: typed arrays, or plain arrays while they are still being gathered. */
export interface PointSource {
  readonly steps: ArrayLike<Int64>
  readonly timestamps: ArrayLike<Int64>
  readonly values: ArrayLike<number>
}

export const noPoints: PointColumns = {
  length: 0,
  steps: new Float64Array(0),
  timestamps: new Float64Array(0),
  values: new Float64Array(0),
}

/**
 * Order of two points by (step, timestamp, value, is NaN), where NaN counts as the value 0: the order in which points lie
 * in segments, and the one MLflow samples in. Zero means that one is an exact repeat of the other.
 */
export function comparePoints(a: PointSource, i: number, b: PointSource, j: number): number {
  const stepA = a.steps[i]!
  const stepB = b.steps[j]!
  if (stepA !== stepB) {
    if (stepA < stepB) return -1
    if (stepA > stepB) return 1
  }
  const timeA = a.timestamps[i]!
  const timeB = b.timestamps[j]!
  if (timeA !== timeB) {
    if (timeA < timeB) return -1
    if (timeA > timeB) return 1
  }
  return compareValues(a.values[i]!, b.values[j]!)
}

/** Order of two values by (value, is NaN), where NaN counts as 0. */
export function compareValues(a: number, b: number): number {
  const rankA = Number.isNaN(a) ? 0 : a
  const rankB = Number.isNaN(b) ? 0 : b
  if (rankA !== rankB) return rankA < rankB ? -1 : 1
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** The points in (step, timestamp, value) order, each exact repeat once. Returns the source itself where it already is so. */
export function sortedDistinct(points: PointSource): PointSource {
  const count = points.values.length
  let ordered = true
  for (let i = 1; i < count && ordered; i++) ordered = comparePoints(points, i - 1, points, i) < 0
  if (ordered) return points
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => comparePoints(points, i, points, j))
  const kept = order.filter((i, rank) => rank === 0 || comparePoints(points, order[rank - 1]!, points, i) !== 0)
  return picked(points, kept)
}

function picked(points: PointSource, order: Uint32Array): PointSource {
  const steps: Int64[] = []
  const timestamps: Int64[] = []
  const values: number[] = []
  for (const i of order) {
    steps.push(points.steps[i]!)
    timestamps.push(points.timestamps[i]!)
    values.push(points.values[i]!)
  }
  return { steps, timestamps, values }
}

/** A column for `length` integers that lie between `low` and `high`. */
export function intColumn(length: number, low: Int64, high: Int64): IntColumn {
  const safe = low >= Number.MIN_SAFE_INTEGER && high <= Number.MAX_SAFE_INTEGER
  return safe ? new Float64Array(length) : new BigInt64Array(length)
}

/** Stores an integer in a column that was made wide enough for it. */
export function setInt(column: IntColumn, index: number, value: Int64): void {
  if (column instanceof Float64Array) column[index] = Number(value)
  else column[index] = BigInt(value)
}

/** Points `from` up to but not including `to`; shares memory. */
export function sliceColumns(points: PointColumns, from: number, to: number): PointColumns {
  const steps = points.steps.subarray(from, to)
  return {
    length: steps.length,
    steps,
    timestamps: points.timestamps.subarray(from, to),
    values: points.values.subarray(from, to),
  }
}
