import type { Int64 } from '../lib/int64.ts'

/** What the left side of a comparison belongs to. */
export type SideEntity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset'

/**
 * Which value of a metric is meant when it is not the latest one: the smallest, the greatest, or the one logged first by
 * (step, timestamp, value). `last(...)` is the latest value and therefore leaves `aggregate` out.
 */
export type Aggregate = 'min' | 'max' | 'first'

/** The left side of a comparison, or what an order_by clause names. `key` is canonical for attributes and datasets. */
export interface Side {
  readonly entity: SideEntity
  readonly key: string
  readonly aggregate?: Aggregate
}

type OrderingOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type Operator = OrderingOperator | 'LIKE' | 'ILIKE' | 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL'

/** Integers of attributes stay exact to any size: a bigint beyond 2^53. Values of metrics are plain doubles. */
export type Scalar = string | Int64
export type ComparisonValue = Scalar | readonly Scalar[] | null

/**
 * One comparison. The value is a list for IN and NOT IN, null for IS NULL and IS NOT NULL, otherwise a scalar.
 *
 * A comparison is either true or not: every operator but IS NULL asks that the side exists, so `params.a != 'x'`,
 * `params.a NOT IN ('x')` and their likes are not true for a run without the param (as in MLflow). A metric that is NaN
 * exists; `!=` and NOT IN are true for it and every other comparison is not.
 */
export interface Comparison {
  readonly type: 'comparison'
  readonly side: Side
  readonly operator: Operator
  readonly value: ComparisonValue
}

/** At least two children, none of them of the same type as their parent. */
export interface Junction {
  readonly type: 'and' | 'or'
  readonly children: readonly FilterTree[]
}

/** True for exactly the rows for which the child is not true, so also for rows that lack the child's key. */
interface Negation {
  readonly type: 'not'
  readonly child: FilterTree
}

/** What a filter asks, whatever entity it is about. */
export type FilterTree = Junction | Negation | Comparison

/** One order_by term. Rows without a value come last in both directions. */
export interface OrderTerm {
  readonly side: Side
  readonly descending: boolean
}

/** Joins trees with AND or OR, without nesting a junction in one of its own type; null when there is nothing to join. */
export function join(type: Junction['type'], trees: readonly FilterTree[]): FilterTree | null {
  const children = trees.flatMap((tree) => (tree.type === type ? tree.children : [tree]))
  return children.length > 1 ? { type, children } : (children[0] ?? null)
}

export function sameSide(a: Side, b: Side): boolean {
  return a.entity === b.entity && a.key === b.key && a.aggregate === b.aggregate
}
