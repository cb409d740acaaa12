import type { Int64 } from '../lib/int64.ts'

/** Series are put on the merge job's list each time they have about this many more segments. */
export const segmentsBeforeMerge = 64

/** Fewer segments than this are not worth a merge, also when a run has ended. */
export const segmentsWorthMerging = 16

/** Segments of so many points are chunks as they are. */
export const chunkFrom = 256

/** Counts the segments that a connection adds to each series. */
export interface MergeTrigger {
  /** Counts a segment of `points`; true when it makes the series due for merging. */
  add(run: Int64, key: number, points: number): boolean
}

/**
 * A count in memory, because reading one back from the summary would take a third of the time of a single point. What is
 * forgotten by it is merged when the run ends.
 *
 * @param limit series counted; beyond it everything is forgotten
 */
export function createMergeTrigger(limit = 100_000): MergeTrigger {
  const runs = new Map<Int64, Map<number, number>>()
  let series = 0
  return {
    add(run, key, points) {
      if (points >= chunkFrom) return false
      let counts = runs.get(run)
      if (counts === undefined) {
        if (series >= limit) {
          runs.clear()
          series = 0
        }
        counts = new Map()
        runs.set(run, counts)
      }
      const count = counts.get(key)
      if (count === undefined) series++
      const due = count === segmentsBeforeMerge - 1
      counts.set(key, due ? 0 : (count ?? 0) + 1)
      return due
    },
  }
}
