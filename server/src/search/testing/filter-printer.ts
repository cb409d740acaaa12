import type { Int64 } from '../../lib/int64.ts'
import type { Comparison, FilterTree, OrderTerm, Scalar, Side } from '../filter-tree.ts'

/** Writes a tree as a filter on runs that reads as that tree. Keys must not contain backticks. */
export function printFilter(tree: FilterTree): string {
  if (tree.type === 'comparison') return printComparison(tree)
  if (tree.type === 'not') return `NOT ${nested(tree.child)}`
  return tree.children.map(nested).join(tree.type === 'and' ? ' AND ' : ' OR ')
}

export function printOrder({ side, descending }: OrderTerm): string {
  return `${printSide(side)}${descending ? ' DESC' : ''}`
}

function nested(tree: FilterTree): string {
  return tree.type === 'and' || tree.type === 'or' ? `(${printFilter(tree)})` : printFilter(tree)
}

function printComparison({ side, operator, value }: Comparison): string {
  const left = `${printSide(side)} ${operator}`
  if (value === null) return left
  return `${left} ${typeof value === 'object' ? printList(value) : printScalar(value)}`
}

function printSide({ entity, key, aggregate }: Side): string {
  const name = `${entity === 'param' ? 'params' : entity}.\`${key}\``
  return aggregate ? `${aggregate}(${name})` : name
}

/** Outside lists only the outer quotes count: what is inside must not end the text. */
function printScalar(value: Scalar): string {
  if (typeof value !== 'string') return printNumber(value)
  return value.includes("'") ? `"${value}"` : `'${value}'`
}

/** In lists a backslash escapes, as in Python. */
function printList(values: readonly Scalar[]): string {
  return `(${values.map((value) => (typeof value === 'string' ? `'${escaped(value)}'` : printNumber(value))).join(', ')})`
}

function escaped(text: string): string {
  return text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')
}

/** The plus of an exponent is not understood, neither by MLflow. */
function printNumber(value: Int64): string {
  return String(value).replace('e+', 'e')
}
