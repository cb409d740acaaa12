/**
 * Which of `count` points, numbered in order, MLflow's interval sampling keeps: deal them into `samples` buckets as SQL's
 * NTILE does (the first `count mod samples` have one more) and keep the first of each; the very last point takes the place
 * of the last one kept when it is not among them.
 *
 * @param samples at least 1
 */
export function sampledRanks(count: number, samples: number): number[] {
  if (count <= samples) return Array.from({ length: count }, (_, rank) => rank)
  const size = Math.floor(count / samples)
  const greater = count % samples
  const ranks = Array.from({ length: samples }, (_, bucket) => bucket * size + Math.min(bucket, greater))
  ranks[samples - 1] = count - 1
  return ranks
}
