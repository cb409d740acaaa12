import { invalidParameter } from '../errors/errors.ts'
import type { Comparison, FilterTree } from './filter-tree.ts'

/** Comparisons that one filter may have in AIDP's dialect (D22); MLflow has no limit. */
const mostComparisons = 200

/**
 * AIDP's dialect joins at most 200 comparisons with AND; OR, NOT, brackets around several and functions of metrics are
 * Runstead's own and known at MLflow's routes alone (D28).
 *
 * @throws AppError `invalid-parameter`
 */
export function refuseBeyondAidp(tree: FilterTree | null): void {
  if (tree === null) return
  const parts = tree.type === 'and' ? tree.children : [tree]
  const comparisons = parts.filter((part): part is Comparison => part.type === 'comparison')
  if (comparisons.length < parts.length) throw refusal('joins comparisons with AND alone: no OR, no NOT')
  if (comparisons.some(({ side }) => side.aggregate !== undefined)) throw refusal('takes no functions of metrics')
  if (comparisons.length > mostComparisons) {
    throw refusal(`may have at most ${mostComparisons} comparisons; it has ${comparisons.length}`)
  }
}

function refusal(rule: string): Error {
  return invalidParameter(`'filter' ${rule}.`, { field: 'filter' })
}
