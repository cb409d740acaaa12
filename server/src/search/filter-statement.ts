import { group, merge, type Node } from './filter-groups.ts'
import { isBlank, type Token, tokenize, tokenLimit } from './filter-lexer.ts'

/** How deep brackets may lie within each other, in MLflow 3.17.0 and here. */
export const depthLimit = 100

/** What a text turns out to be: `unreadable` when it has too many tokens or brackets too deep. */
export type Reading =
  | { readonly kind: 'unreadable' | 'blank' | 'several' }
  | { readonly kind: 'statement'; readonly tokens: readonly Token[]; readonly nodes: readonly Node[] }

/** Reads a filter or order_by text as the SQL statements it consists of for MLflow; blanks stay among the nodes. */
export function readStatement(text: string): Reading {
  const tokens = tokenize(text)
  if (tokens.length > tokenLimit || depth(tokens) > depthLimit) return { kind: 'unreadable' }
  const count = countStatements(tokens)
  if (count !== 1) return { kind: count === 0 ? 'blank' : 'several' }
  return { kind: 'statement', tokens, nodes: group(tokens) }
}

function countStatements(tokens: readonly Token[]): number {
  let count = 0
  let level = 0
  let started = false
  let ended = false
  for (const token of tokens) {
    if (ended && token.kind !== 'space' && !(token.kind === 'comment' && !token.text.startsWith('/*'))) {
      started = false
      ended = false
      level = 0
    }
    if (!started && !isBlank(token)) {
      started = true
      count += 1
    }
    if (token.text === '(') level += 1
    else if (token.text === ')') level -= 1
    else if ((token.text === ';' && level <= 0) || (token.kind === 'keyword' && /^GO\b/.test(token.text))) ended = true
  }
  return count
}

function depth(tokens: readonly Token[]): number {
  let open = 0
  let deepest = 0
  for (const token of tokens) {
    if (token.text === '(') deepest = Math.max(deepest, ++open)
    else if (token.text === ')') open -= 1
  }
  return deepest
}

/**
 * Drops the blanks and makes comparisons of the clauses that SQL's comparators do not cover:
 * `side IN (…)`, `side NOT IN (…)`, `side IS NULL` and `side IS NOT NULL`.
 *
 * As in MLflow 3.17.0 a side that starts no such clause takes the three nodes behind it along.
 */
export function joinClauses(nodes: readonly Node[]): Node[] {
  const solid = nodes.filter((node) => !isBlank(node))
  const out: Node[] = []
  let at = 0
  while (at < solid.length) {
    const [side, second, third, fourth] = solid.slice(at, at + 4)
    if (side?.kind !== 'identifier' || !second || !third) {
      out.push(solid[at] as Node)
      at += 1
    } else if (isWord(second, 'IN') && third.kind === 'parenthesis') {
      out.push(merge('comparison', [side, second, third]))
      at += 3
    } else if (isWord(second, 'IS') && (isWord(third, 'NULL') || isWord(third, 'NOT NULL'))) {
      out.push(merge('comparison', [side, { kind: 'keyword', text: `IS ${third.text.toUpperCase()}` }]))
      at += 3
    } else if (isWord(second, 'NOT') && isWord(third, 'IN') && fourth?.kind === 'parenthesis') {
      out.push(merge('comparison', [side, { kind: 'keyword', text: 'NOT IN' }, fourth]))
      at += 4
    } else {
      out.push(...solid.slice(at, at + 4))
      at += 4
    }
  }
  return out
}

/** Whether a node is this keyword, in any case. */
export function isWord(node: Node, word: string): boolean {
  return node.kind === 'keyword' && node.text.toUpperCase() === word
}
