import { group, type Node } from './filter-groups.ts'
import { isBlank, type Token } from './filter-lexer.ts'
import type { Aggregate } from './filter-tree.ts'

const aggregateNames: Readonly<Record<string, Aggregate | undefined>> = {
  min: 'min',
  max: 'max',
  first: 'first',
  last: undefined,
}

/** `max(metrics.acc) …` in its parts. */
export interface AggregateCall {
  readonly name: string
  readonly aggregate: Aggregate | undefined
  readonly inner: readonly Token[]
  readonly rest: readonly Token[]
}

/** Splits `max(metrics.acc) …` into its parts; undefined when the tokens do not start with such a call. */
export function readAggregateCall(tokens: readonly Token[]): AggregateCall | undefined {
  const [start, open] = tokens.flatMap((token, index) => (isBlank(token) ? [] : [index]))
  if (start === undefined || open === undefined || tokens[open]?.text !== '(') return undefined
  const name = tokens[start]?.text.toLowerCase() ?? ''
  if (!Object.hasOwn(aggregateNames, name)) return undefined
  const close = tokens.findIndex((token, index) => index > open && token.text === ')')
  if (close < 0) return undefined
  const inner = trimBlanks(tokens.slice(open + 1, close))
  return { name, aggregate: aggregateNames[name], inner, rest: tokens.slice(close + 1) }
}

/** The node that the tokens make, if they make just one. */
export function onlyNode(tokens: readonly Token[]): Node | undefined {
  const nodes = group(tokens)
  return nodes.length === 1 ? nodes[0] : undefined
}

function trimBlanks(tokens: readonly Token[]): readonly Token[] {
  const first = tokens.findIndex((token) => !isBlank(token))
  return first < 0 ? [] : tokens.slice(first, tokens.findLastIndex((token) => !isBlank(token)) + 1)
}
