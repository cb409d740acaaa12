/** Series are put on the merge job's list each time they have about this many more segments. */
export const segmentsBeforeMerge = 64

/**
 * Whether a series that has just grown to `points` by a segment of `added` is due for merging. Counting in points needs
 * nothing but the summary row: it comes out at every 64th segment while segments are of one size. Segments of 256 points
 * and more are chunks as they are.
 */
export function isMergeDue(points: number, added: number): boolean {
  if (added >= 256) return false
  const interval = segmentsBeforeMerge * Math.min(added, 64)
  return Math.floor(points / interval) !== Math.floor((points - added) / interval)
}

/** Fewer segments than this are not worth a merge, also when a run has ended. */
export const segmentsWorthMerging = 16
