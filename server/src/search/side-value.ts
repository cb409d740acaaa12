import { invalidParameter } from '../errors/errors.ts'
import { type Int64, toInt64 } from '../lib/int64.ts'
import type { Node } from './filter-groups.ts'
import type { Operator, Scalar } from './filter-tree.ts'
import { isPythonTuple, type PythonValue, parsePythonLiteral, pythonRepr } from './python-literal.ts'
import { isQuoted } from './side-name.ts'

/**
 * What may stand on the right of a side, and which operators between; the messages are MLflow's. Beside these operators
 * every side takes IN, NOT IN, IS NULL and IS NOT NULL.
 */
export interface SideRule {
  /** `double`: a number as metrics have them. `number`: one whose integers stay exact. */
  readonly literals: readonly ('text' | 'double' | 'number')[]
  readonly operators: readonly Operator[]
  readonly wrongOperator: (operator: string) => string
  readonly wrongLiteral: (text: string, word: string) => string
  /** Where a number is refused in other words. */
  readonly wrongNumber?: (text: string) => string
  /** Whether MLflow knows IS NULL here. */
  readonly nullTests?: true
  /** Whether MLflow knows lists here, and therefore reads one before it looks at the operator. */
  readonly lists?: true
  /** Where a list behind an operator that takes none is refused in other words. */
  readonly wrongList?: (text: string) => string
  /** Turns a literal into what it is compared as. @throws invalid-parameter */
  readonly convert?: (literal: Literal, word: string) => Scalar
}

/** A value as written: text without its quotes, or a number. */
export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: Int64 }
  | { readonly kind: 'float'; readonly value: number }

/** Reads a single value. @throws invalid-parameter when it is none that the side takes */
export function readLiteral(node: Node, rule: SideRule, word: string): Literal {
  if (node.kind === 'integer' || node.kind === 'float') {
    const number = readNumber(node.text, rule)
    if (number) return number
    throw invalidParameter(rule.wrongNumber?.(node.text) ?? rule.wrongLiteral(node.text, word))
  }
  if (node.kind === 'parenthesis' && rule.wrongList) throw invalidParameter(rule.wrongList(node.text))
  if (!rule.literals.includes('text') || (node.kind !== 'string' && node.kind !== 'identifier')) {
    throw invalidParameter(rule.wrongLiteral(node.text, word))
  }
  if (!isQuoted(node.text, "'") && !isQuoted(node.text, '"')) throw invalidParameter(unquotedValue(node.text))
  return { kind: 'text', value: node.text.slice(1, -1) }
}

/** Reads a bracketed list. @throws invalid-parameter when it is empty or holds a value that the side does not take */
export function readList(node: Node, rule: SideRule): Literal[] {
  const parsed = parsePythonLiteral(node.text)
  const values = parsed === undefined || isPythonTuple(parsed) ? parsed : [parsed]
  const literals = values?.map((value) => listLiteral(value, rule))
  if (literals?.length && !literals.includes(undefined)) return literals as Literal[]
  throw invalidParameter(`${listPrefix} ${listProblem(values, rule)}`)
}

/** What the literal is compared as. */
export function scalarOf(literal: Literal, rule: SideRule, word: string): Scalar {
  return rule.convert ? rule.convert(literal, word) : literal.value
}

/** A Python `int(text)`: blanks around, a sign and underscores between digits are fine; undefined for anything else. */
export function parsePythonInteger(text: string): Int64 | undefined {
  const digits = /^\s*([+-]?)(\d+(?:_\d+)*)\s*$/.exec(text)
  return digits ? toInt64(`${digits[1] === '-' ? '-' : ''}${digits[2]?.replaceAll('_', '')}`) : undefined
}

function readNumber(text: string, rule: SideRule): Literal | undefined {
  if (rule.literals.includes('double')) return { kind: 'float', value: Number(text) }
  if (!rule.literals.includes('number')) return undefined
  return /^-?\d+$/.test(text) ? { kind: 'integer', value: toInt64(text) } : { kind: 'float', value: Number(text) }
}

const listPrefix = 'While parsing a list in the query,'

function listLiteral(value: PythonValue, rule: SideRule): Literal | undefined {
  if (typeof value === 'string') return rule.literals.includes('text') ? { kind: 'text', value } : undefined
  return 'number' in value ? readNumber(value.number, rule) : undefined
}

function listProblem(values: readonly PythonValue[] | undefined, rule: SideRule): string {
  const wanted = rule.literals.includes('text') ? 'string values' : 'numbers'
  if (values === undefined) return `expected a non-empty list of ${wanted}, but got ill-formed list.`
  if (values.length === 0) return `expected a non-empty list of ${wanted}, but got empty list`
  if (wanted === 'numbers') return `expected a list of numbers, but got different type in list: ${pythonRepr(values)}`
  return `expected string value, punctuation, or whitespace, but got different type in list: ${pythonRepr(values)}`
}

function unquotedValue(text: string): string {
  return (
    `Parameter value is either not quoted or unidentified quote types used for string value ${text}. ` +
    'Use either single or double quotes.'
  )
}
