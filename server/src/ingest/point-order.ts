import { comparePoints, compareValues, type PointColumns, type PointSource } from './point-columns.ts'

/** Negative, zero or positive as point `i` of `a` comes before, repeats, or comes after point `j` of `b`. */
export type ComparePoints = (a: PointSource, i: number, b: PointSource, j: number) => number

/** Order of two points by (timestamp, step, value, is NaN), where NaN counts as the value 0: that of MLflow's histories. */
export function comparePointsInTime(a: PointSource, i: number, b: PointSource, j: number): number {
  const timeA = a.timestamps[i]!
  const timeB = b.timestamps[j]!
  if (timeA < timeB) return -1
  if (timeA > timeB) return 1
  const stepA = a.steps[i]!
  const stepB = b.steps[j]!
  if (stepA < stepB) return -1
  if (stepA > stepB) return 1
  return compareValues(a.values[i]!, b.values[j]!)
}

/** Points in the order of `compare`, each exact repeat once. Returns the points themselves where they already are so. */
export function ordered(points: PointColumns, compare: ComparePoints): PointColumns {
  const { length } = points
  let inOrder = true
  for (let i = 1; i < length && inOrder; i++) inOrder = compare(points, i - 1, points, i) < 0
  if (inOrder) return points
  const ranks = Uint32Array.from({ length }, (_, i) => i).sort((i, j) => compare(points, i, points, j))
  const steps = points.steps.slice()
  const timestamps = points.timestamps.slice()
  const values = new Float64Array(length)
  let kept = 0
  let last = -1
  for (const i of ranks) {
    if (last >= 0 && compare(points, last, points, i) === 0) continue
    steps[kept] = points.steps[i]!
    timestamps[kept] = points.timestamps[i]!
    values[kept] = points.values[i]!
    kept++
    last = i
  }
  return {
    length: kept,
    steps: steps.subarray(0, kept),
    timestamps: timestamps.subarray(0, kept),
    values: values.subarray(0, kept),
  }
}

/** The first index whose point does not come before point `j` of `bound`. */
export function lowerBound(points: PointColumns, compare: ComparePoints, bound: PointSource, j: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(points, middle, bound, j) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Along which of (step, timestamp) and (timestamp, step) points are ordered. */
export type Axis = 'step' | 'time'

export function compareAlong(axis: Axis): ComparePoints {
  return axis === 'step' ? comparePoints : comparePointsInTime
}

/** Whether `compare` is the order in which points lie in segments. */
export function isStepOrder(compare: ComparePoints): boolean {
  return compare === comparePoints
}
