import type { Node } from '../filter-groups.ts'
import type { Comparison, Operator, OrderTerm, Side } from '../filter-tree.ts'

/** The languages in which one kind of entity is searched: what its filters and orders may say. */
export interface Vocabulary {
  readonly filter: FilterLanguage
  readonly order: OrderLanguage
}

export interface FilterLanguage {
  /** What is said of a text with too many tokens or brackets, of one that is only blanks, and of several statements. */
  readonly unreadable: (filter: string) => string
  readonly blank: (filter: string) => string
  readonly several: (filter: string) => string
  /** Reads the clauses of a statement, which are joined by AND or by nothing. @throws invalid-parameter */
  readonly readClauses: (clauses: readonly Node[], filter: string) => Comparison[]
  /** Whether `min(metrics.…)` and its likes are understood. */
  readonly aggregates: boolean
}

export interface OrderLanguage {
  /** What `[prefix.]key` names. @throws invalid-parameter */
  readonly readSide: (text: string) => Side
  /** Whether `min(metrics.…)` and its likes are understood. */
  readonly aggregates: boolean
  /** Whether naming one thing twice is refused (MLflow answers INTERNAL_ERROR then). */
  readonly refusesDuplicates: boolean
  /** The order without any clause. */
  readonly standard: readonly OrderTerm[]
  /** What follows the given clauses, as far as they do not name it already, so that the order is total. */
  readonly tieBreakers: readonly OrderTerm[]
}

/** Operators in the order in which messages list them. */
export const orderingOperators = ['=', '!=', '<', '<=', '>', '>='] as const satisfies readonly Operator[]
export const equalityOperators = ['=', '!='] as const satisfies readonly Operator[]
export const patternOperators = ['=', '!=', 'LIKE', 'ILIKE'] as const satisfies readonly Operator[]

/** Python's way of printing a set (whose order it leaves to chance), which MLflow's messages contain. */
export function setText(words: Iterable<string>): string {
  return `{${Array.from(words, (word) => `'${word}'`).join(', ')}}`
}

export function ascending(key: string): OrderTerm {
  return { side: { entity: 'attribute', key }, descending: false }
}

export function descending(key: string): OrderTerm {
  return { side: { entity: 'attribute', key }, descending: true }
}
