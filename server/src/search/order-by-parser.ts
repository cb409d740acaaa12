import { internalError, invalidParameter } from '../errors/errors.ts'
import { onlyNode, readAggregateCall } from './aggregate-call.ts'
import type { Node } from './filter-groups.ts'
import { isBlank, type Token } from './filter-lexer.ts'
import { readStatement } from './filter-statement.ts'
import { type OrderTerm, sameSide } from './filter-tree.ts'
import { pythonListRepr } from './python-literal.ts'
import { splitShellWords } from './shell-words.ts'
import type { OrderLanguage, Vocabulary } from './vocabulary/vocabulary.ts'

/**
 * Reads order_by clauses, each `[prefix.]key [ASC|DESC]` as in MLflow 3.17.0 or, beyond it where the entity has metrics,
 * `min(metrics.key) [ASC|DESC]` (also max, first, last). What the clauses leave open is not added; see `completeOrder`.
 *
 * @throws invalid-parameter, or internal-refusal when one thing is named twice where MLflow refuses that
 */
export function parseOrderBy(clauses: readonly string[], vocabulary: Vocabulary): OrderTerm[] {
  const terms: OrderTerm[] = []
  for (const clause of clauses) {
    const term = readTerm(clause, vocabulary.order)
    if (vocabulary.order.refusesDuplicates && terms.some((other) => sameSide(other.side, term.side))) {
      throw internalError(`\`order_by\` contains duplicate fields: ${pythonListRepr(clauses)}`)
    }
    terms.push(term)
  }
  return terms
}

/** The given terms, or the standard order without any, followed by the tie-breakers that make the order total. */
export function completeOrder(terms: readonly OrderTerm[], vocabulary: Vocabulary): OrderTerm[] {
  const start = terms.length > 0 ? terms : vocabulary.order.standard
  const missing = vocabulary.order.tieBreakers.filter((tie) => !start.some((term) => sameSide(term.side, tie.side)))
  return [...start, ...missing]
}

function readTerm(clause: string, language: OrderLanguage): OrderTerm {
  const unparsable = () => invalidParameter(`Invalid order_by clause '${clause}'. Could not be parsed.`)
  const reading = readStatement(clause)
  if (reading.kind === 'unreadable') throw invalidParameter(`Error on parsing order_by clause '${clause}'`)
  if (reading.kind !== 'statement') throw unparsable()
  const written = namedText(reading.nodes)
  if (written === undefined) {
    const term = language.aggregates ? readAggregateTerm(reading.tokens, language) : undefined
    if (term) return term
    throw unparsable()
  }
  const words = splitShellWords(written.replaceAll('`', '"'))
  if (!words || words.length > 2) throw unparsable()
  const [name, direction] = words
  if (name === undefined || direction === undefined)
    return { side: language.readSide(written.trim()), descending: false }
  const descending = readDirection(direction)
  if (descending === undefined) throw invalidParameter(`Invalid ordering key in order_by clause '${clause}'.`)
  return { side: language.readSide(name.trim()), descending }
}

/** The text of a clause that is one identifier (with its direction), or the word `timestamp`, which is an SQL type. */
function namedText(nodes: readonly Node[]): string | undefined {
  const [first] = nodes
  if (nodes.length === 1 && first?.kind === 'identifier') return first.text
  if (first?.kind !== 'builtin' || first.text !== 'timestamp') return undefined
  const last = nodes.at(-1)
  if (nodes.length === 1) return first.text
  return last?.kind === 'order' && nodes.slice(1, -1).every(isBlank) ? `${first.text} ${last.text}` : undefined
}

function readAggregateTerm(tokens: readonly Token[], language: OrderLanguage): OrderTerm | undefined {
  const call = readAggregateCall(tokens)
  const metric = call && onlyNode(call.inner)
  if (metric?.kind !== 'identifier') return undefined
  const direction = call?.rest.filter((token) => !isBlank(token)).map((token) => token.text) ?? []
  const descending = direction.length > 0 ? readDirection(direction.join(' ')) : false
  const side = language.readSide(metric.text)
  if (descending === undefined || side.entity !== 'metric') return undefined
  return { side: call?.aggregate ? { ...side, aggregate: call.aggregate } : side, descending }
}

function readDirection(word: string): boolean | undefined {
  const direction = word.toLowerCase()
  return direction === 'desc' ? true : direction === 'asc' ? false : undefined
}
