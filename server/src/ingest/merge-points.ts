import type { Pacer } from '../lib/pacer.ts'
import { type IntColumn, noPoints, type PointColumns, setInt } from './point-columns.ts'
import type { ComparePoints } from './point-order.ts'

/**
 * Merges parts of one series into one, each exact repeat once.
 *
 * @param parts each in the order of `compare`, without repeats
 */
export async function mergePoints(
  parts: readonly PointColumns[],
  compare: ComparePoints,
  pacer: Pacer,
): Promise<PointColumns> {
  const sorted = parts.filter(({ length }) => length > 0).sort((a, b) => compare(a, 0, b, 0))
  if (sorted.length < 2) return sorted[0] ?? noPoints
  const out = createOutput(sorted)
  let from = 0
  while (from < sorted.length) {
    const to = overlapEnd(sorted, from, compare)
    if (to - from === 1) copyPart(sorted[from]!, out)
    else await mergeOverlapping(sorted.slice(from, to), compare, out, pacer)
    const pause = pacer.spend(to - from === 1 ? sorted[from]!.length : 0)
    if (pause) await pause
    from = to
  }
  const { length, steps, timestamps, values } = out
  return {
    length,
    steps: steps.subarray(0, length),
    timestamps: timestamps.subarray(0, length),
    values: values.subarray(0, length),
  }
}

interface Output {
  length: number
  readonly steps: IntColumn
  readonly timestamps: IntColumn
  readonly values: Float64Array
}

function createOutput(parts: readonly PointColumns[]): Output {
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const column = (of: (part: PointColumns) => IntColumn): IntColumn =>
    parts.every((part) => of(part) instanceof Float64Array) ? new Float64Array(total) : new BigInt64Array(total)
  return {
    length: 0,
    steps: column((part) => part.steps),
    timestamps: column((part) => part.timestamps),
    values: new Float64Array(total),
  }
}

/** The end of the parts that from `from` on overlap one another. */
function overlapEnd(sorted: readonly PointColumns[], from: number, compare: ComparePoints): number {
  let last = sorted[from]!
  let to = from + 1
  for (; to < sorted.length; to++) {
    const next = sorted[to]!
    if (compare(next, 0, last, last.length - 1) > 0) break
    if (compare(next, next.length - 1, last, last.length - 1) > 0) last = next
  }
  return to
}

function copyPart(part: PointColumns, out: Output): void {
  copyColumn(part.steps, out.steps, out.length)
  copyColumn(part.timestamps, out.timestamps, out.length)
  out.values.set(part.values, out.length)
  out.length += part.length
}

function copyColumn(from: IntColumn, to: IntColumn, at: number): void {
  if (from instanceof Float64Array && to instanceof Float64Array) to.set(from, at)
  else if (from instanceof BigInt64Array && to instanceof BigInt64Array) to.set(from, at)
  else for (let i = 0; i < from.length; i++) setInt(to, at + i, from[i]!)
}

interface Cursor {
  readonly part: PointColumns
  at: number
}

async function mergeOverlapping(
  parts: readonly PointColumns[],
  compare: ComparePoints,
  out: Output,
  pacer: Pacer,
): Promise<void> {
  // Sorted by first point, which makes it a heap already.
  const heap: Cursor[] = parts.map((part) => ({ part, at: 0 }))
  const start = out.length
  for (let next = heap[0]; next !== undefined; next = heap[0]) {
    const { part, at } = next
    if (out.length === start || compare(part, at, out, out.length - 1) !== 0) {
      setInt(out.steps, out.length, part.steps[at]!)
      setInt(out.timestamps, out.length, part.timestamps[at]!)
      out.values[out.length] = part.values[at]!
      out.length++
    }
    next.at++
    if (next.at === part.length) {
      const last = heap.pop()!
      if (heap.length > 0) heap[0] = last
    }
    siftDown(heap, compare)
    const pause = pacer.spend(1)
    if (pause) await pause
  }
}

function siftDown(heap: Cursor[], compare: ComparePoints): void {
  const top = heap[0]
  if (top === undefined) return
  let hole = 0
  for (;;) {
    let child = 2 * hole + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!, compare)) child++
    if (!isBefore(heap[child]!, top, compare)) break
    heap[hole] = heap[child]!
    hole = child
  }
  heap[hole] = top
}

function isBefore(a: Cursor, b: Cursor, compare: ComparePoints): boolean {
  return compare(a.part, a.at, b.part, b.at) < 0
}
