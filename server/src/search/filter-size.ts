import { invalidParameter } from '../errors/errors.ts'
import type { FilterTree } from './filter-tree.ts'

/** Comparisons that one filter may have in AIDP's dialect (D22); MLflow has no limit. */
const mostComparisons = 200

/** @throws AppError `invalid-parameter` for a filter with too many comparisons */
export function refuseManyComparisons(tree: FilterTree | null): void {
  const count = tree === null ? 0 : comparisonsIn(tree)
  if (count <= mostComparisons) return
  throw invalidParameter(`'filter' may have at most ${mostComparisons} comparisons; it has ${count}.`, {
    field: 'filter',
  })
}

function comparisonsIn(tree: FilterTree): number {
  switch (tree.type) {
    case 'comparison':
      return 1
    case 'not':
      return comparisonsIn(tree.child)
    default:
      return tree.children.reduce((sum, child) => sum + comparisonsIn(child), 0)
  }
}
