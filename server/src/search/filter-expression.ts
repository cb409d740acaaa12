import { AppError } from '../errors/app-error.ts'
import { invalidParameter } from '../errors/errors.ts'
import { onlyNode, readAggregateCall } from './aggregate-call.ts'
import { group, type Node } from './filter-groups.ts'
import { isBlank, type Token } from './filter-lexer.ts'
import { depthLimit, joinClauses } from './filter-statement.ts'
import { type Comparison, type FilterTree, join } from './filter-tree.ts'
import type { FilterLanguage } from './vocabulary/vocabulary.ts'

/**
 * What the filter language has beyond MLflow's:
 *
 *     expression = conjunction { OR conjunction }
 *     conjunction = condition { AND condition }
 *     condition = NOT condition | "(" expression ")" | comparison
 *     comparison = any single comparison | (min|max|first|last) "(" metric ")" operator value
 *
 * Everything between the connectives is read by the same code as a filter of MLflow's, so it means the same.
 */
export interface ExpressionReading {
  /** Undefined when the text is no expression; `error` then says why. */
  readonly tree: FilterTree | undefined
  readonly error: AppError | undefined
  /** Whether the text uses anything that MLflow's language does not have, as far as it could be read. */
  readonly extended: boolean
}

/** Reads the tokens of a filter as an expression. Never throws for what the client wrote. */
export function readExpression(tokens: readonly Token[], filter: string, language: FilterLanguage): ExpressionReading {
  const reader: Reader = { tokens, filter, language, at: 0, depth: 0, extended: false }
  try {
    const tree = readDisjunction(reader)
    if (current(reader)) throw unexpected(reader)
    return { tree, error: undefined, extended: reader.extended }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { tree: undefined, error, extended: reader.extended }
  }
}

interface Reader {
  readonly tokens: readonly Token[]
  readonly filter: string
  readonly language: FilterLanguage
  at: number
  depth: number
  extended: boolean
}

function readDisjunction(reader: Reader): FilterTree {
  const children = [readConjunction(reader)]
  while (takeConnective(reader, 'OR')) {
    reader.extended = true
    children.push(readConjunction(reader))
  }
  return join('or', children) as FilterTree
}

function readConjunction(reader: Reader): FilterTree {
  const children = [readCondition(reader)]
  while (takeConnective(reader, 'AND')) children.push(readCondition(reader))
  return join('and', children) as FilterTree
}

function readCondition(reader: Reader): FilterTree {
  const opened = takeConnective(reader, 'NOT') ? 'not' : takePunctuation(reader, '(') ? 'bracket' : undefined
  if (!opened) return readComparison(reader)
  reader.extended = true
  reader.depth += 1
  if (reader.depth > depthLimit) throw invalidParameter(reader.language.unreadable(reader.filter))
  const child = opened === 'not' ? readCondition(reader) : readDisjunction(reader)
  if (opened === 'bracket' && !takePunctuation(reader, ')')) throw unexpected(reader, "')'")
  reader.depth -= 1
  return opened === 'not' ? { type: 'not', child } : child
}

const isNotNull: readonly Token[] = [
  { kind: 'space', text: ' ' },
  { kind: 'keyword', text: 'IS' },
  { kind: 'space', text: ' ' },
  { kind: 'keyword', text: 'NOT NULL' },
]

function readComparison(reader: Reader): Comparison {
  const tokens = takeComparison(reader)
  const call = reader.language.aggregates ? readAggregateCall(tokens) : undefined
  if (!call) return readSingle(tokens, reader)
  reader.extended = true
  const tokensOfLast = [...call.inner, ...call.rest]
  const metric = onlyNode(call.inner)
  // The brackets must hold just what is on the left when they are taken away.
  const whole = metric?.kind === 'identifier' && leftNode(tokensOfLast)?.text === metric.text
  // IS NOT NULL can be asked of any side, and so tells which side it is.
  if (!whole || readSingle([...call.inner, ...isNotNull], reader).side.entity !== 'metric') {
    throw invalidParameter(
      `Invalid ${call.name}(…) in filter string. Expected a comparison of a metric, such as ${call.name}(metrics.acc) > 0.9`,
    )
  }
  const comparison = readSingle(tokensOfLast, reader)
  if (!call.aggregate) return comparison
  return { ...comparison, side: { ...comparison.side, aggregate: call.aggregate } }
}

/** Tokens up to the next AND, OR or closing bracket that is not inside brackets of the comparison's own. */
function takeComparison(reader: Reader): Token[] {
  const start = reader.at
  let open = 0
  for (; reader.at < reader.tokens.length; reader.at += 1) {
    const token = reader.tokens[reader.at] as Token
    if (token.text === '(') open += 1
    else if (token.text === ')') open -= 1
    if (open < 0 || (open === 0 && (isConnective(reader, 'AND') || isConnective(reader, 'OR')))) break
  }
  const tokens = reader.tokens.slice(start, reader.at)
  if (tokens.every(isBlank)) throw unexpected(reader, 'a comparison')
  return tokens
}

function readSingle(tokens: readonly Token[], reader: Reader): Comparison {
  const comparisons = reader.language.readClauses(joinClauses(group(tokens)), reader.filter)
  const [comparison] = comparisons
  if (comparison && comparisons.length === 1) return comparison
  throw invalidParameter(
    `Invalid clause(s) in filter string: '${textOf(tokens)}'. Expected one comparison between AND, OR, NOT and brackets`,
  )
}

function leftNode(tokens: readonly Token[]): Node | undefined {
  return joinClauses(group(tokens))[0]?.parts?.[0]
}

/** Moves past blanks; the token that stands there, if any. */
function current(reader: Reader): Token | undefined {
  while (reader.at < reader.tokens.length && isBlank(reader.tokens[reader.at] as Token)) reader.at += 1
  return reader.tokens[reader.at]
}

function takePunctuation(reader: Reader, mark: '(' | ')'): boolean {
  const found = current(reader)?.text === mark
  if (found) reader.at += 1
  return found
}

function takeConnective(reader: Reader, word: 'AND' | 'OR' | 'NOT'): boolean {
  current(reader)
  const found = isConnective(reader, word)
  if (found) reader.at += 1
  return found
}

/** Whether the token at hand is this connective; `NOT(` is one too, but not the `or` of `metrics.or`. */
function isConnective(reader: Reader, word: 'AND' | 'OR' | 'NOT'): boolean {
  const token = reader.tokens[reader.at]
  if (token?.text.toUpperCase() !== word) return false
  return (
    token.kind === 'keyword' ||
    (reader.tokens[reader.at + 1]?.text === '(' && reader.tokens[reader.at - 1]?.text !== '.')
  )
}

function unexpected(reader: Reader, expected = 'AND, OR or the end'): AppError {
  const token = current(reader)
  const found = token ? `'${token.text}'` : 'the end'
  return invalidParameter(`Invalid filter string '${reader.filter}'. Expected ${expected}, found ${found}`)
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => token.text)
    .join('')
    .trim()
}
