import { isBlank, type Token, type TokenKind } from './filter-lexer.ts'

/**
 * What tokens can make together. A filter uses `identifier`, `comparison` and `parenthesis`; the others (`typed` is a
 * literal such as `date '2026-01-01'`) only decide what an error message shows as one clause.
 */
export type GroupKind =
  | 'identifier'
  | 'comparison'
  | 'parenthesis'
  | 'square'
  | 'function'
  | 'operation'
  | 'typed'
  | 'list'
  | 'case'
  | 'block'
  | 'where'

export interface Node {
  readonly kind: TokenKind | GroupKind
  readonly text: string
  /** What a group was made of; absent for a token. */
  readonly parts?: readonly Node[]
}

/** Makes one group of neighbouring nodes. */
export function merge(kind: GroupKind, parts: readonly Node[]): Node {
  return { kind, text: parts.map((part) => part.text).join(''), parts }
}

/** Whether a comparison has become part of a larger group, as happens where an AND is forgotten. */
export function containsComparison(node: Node): boolean {
  return node.parts?.some((part) => part.kind === 'comparison' || containsComparison(part)) ?? false
}

/**
 * Groups the tokens of one statement the way MLflow 3.17.0's SQL parser does: `tags."a b"` is one identifier,
 * `metrics.a > 1` one comparison, `metrics.a desc` (sic) one identifier, `a - b` one operation. What is valid in MLflow,
 * what a filter means, and what its error messages quote all follow from these groups.
 */
export function group(tokens: readonly Token[]): Node[] {
  return passes.reduce<readonly Node[]>((nodes, pass) => pass(nodes), tokens) as Node[]
}

type Pass = (nodes: readonly Node[]) => Node[]
type Test = (node: Node) => boolean

/** A pass that groups what lies around a node in the middle, such as both sides of a comparator. */
interface Binding {
  readonly kind: GroupKind
  readonly middle: Test
  readonly before: Test
  /** Whether the group is made, given what follows the middle (blanks left out). */
  readonly after: (next: Node | undefined) => boolean
  /** Whether the group holds what follows or ends at the middle. */
  readonly takesNext: Test
  /** The group starts at the middle instead of at what stands before it. */
  readonly fromMiddle?: true
}

const kinds =
  (...list: Node['kind'][]): Test =>
  (node) =>
    list.includes(node.kind)
const text =
  (kind: Node['kind'], ...list: string[]): Test =>
  (node) =>
    node.kind === kind && list.includes(node.text.toUpperCase())
const either =
  (...tests: Test[]): Test =>
  (node) =>
    tests.some((test) => test(node))
const always = () => true
const never = () => false
const exists = (node: Node | undefined) => node !== undefined
const when = (test: Test) => (node: Node | undefined) => node !== undefined && test(node)

const anyNumber = kinds('integer', 'float', 'hex')
const literal = kinds('integer', 'float', 'string', 'symbol', 'name', 'placeholder')
const keyword = kinds('keyword', 'statement', 'order')

const operand = either(literal, kinds('parenthesis', 'function', 'identifier', 'operation', 'typed'))
const summand = either(operand, kinds('square'), text('keyword', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP'))
const compared = either(operand, text('keyword', 'NULL'))
const listed = either(
  literal,
  kinds('function', 'case', 'identifier', 'comparison', 'list', 'operation', 'keyword', 'wildcard'),
)
const named = kinds('square', 'identifier', 'name', 'symbol')

const passes: readonly Pass[] = [
  pairs('square', text('punctuation', '['), text('punctuation', ']')),
  pairs('parenthesis', text('punctuation', '('), text('punctuation', ')')),
  pairs('case', text('keyword', 'CASE'), text('keyword', 'END')),
  pairs('block', text('keyword', 'BEGIN'), text('keyword', 'END')),
  followed('function', kinds('name', 'builtin', 'placeholder'), kinds('parenthesis')),
  whereClauses,
  bound({
    kind: 'identifier',
    middle: either(text('punctuation', '.'), text('operator', '->', '->>')),
    before: named,
    after: always,
    takesNext: kinds('square', 'function', 'name', 'symbol', 'wildcard', 'string'),
  }),
  bound({
    kind: 'identifier',
    middle: kinds('square'),
    before: either(named, kinds('function')),
    after: always,
    takesNext: never,
  }),
  (nodes) => nodes.map((node) => (node.kind === 'name' || node.kind === 'symbol' ? merge('identifier', [node]) : node)),
  orderedIdentifiers,
  bound({ kind: 'identifier', middle: text('punctuation', '::'), before: always, after: exists, takesNext: always }),
  bound({
    kind: 'typed',
    middle: either(kinds('builtin'), text('keyword', 'TIMESTAMP')),
    before: always,
    after: when(kinds('string')),
    takesNext: always,
    fromMiddle: true,
  }),
  bound({
    kind: 'operation',
    middle: kinds('operator', 'wildcard'),
    before: summand,
    after: when(summand),
    takesNext: always,
  }),
  bound({
    kind: 'comparison',
    middle: kinds('comparator'),
    before: compared,
    after: when(compared),
    takesNext: always,
  }),
  bound({
    kind: 'identifier',
    middle: text('keyword', 'AS'),
    before: (node) => !keyword(node) || node.text.toUpperCase() === 'NULL',
    after: when((node) => node.kind !== 'statement'),
    takesNext: always,
  }),
  followed(
    'identifier',
    either(anyNumber, kinds('parenthesis', 'function', 'case', 'identifier', 'operation', 'comparison')),
    kinds('identifier'),
  ),
  comments,
  bound({ kind: 'list', middle: text('punctuation', ','), before: listed, after: when(listed), takesNext: always }),
]

function pairs(kind: GroupKind, opens: Test, closes: Test): Pass {
  return (nodes) => {
    const out: Node[] = []
    const open: number[] = []
    for (const node of nodes) {
      out.push(node)
      if (opens(node)) open.push(out.length - 1)
      else if (closes(node)) {
        const start = open.pop()
        if (start !== undefined) out.push(merge(kind, out.splice(start)))
      }
    }
    return out
  }
}

/** Groups a node with the one that follows it. */
function followed(kind: GroupKind, first: Test, second: Test): Pass {
  return (nodes) => {
    const out: Node[] = []
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at] as Node
      const next = first(node) ? solidAt(nodes, at + 1) : nodes.length
      const makes = next < nodes.length && second(nodes[next] as Node)
      out.push(makes ? merge(kind, nodes.slice(at, next + 1)) : node)
      if (makes) at = next
    }
    return out
  }
}

function bound(binding: Binding): Pass {
  return (nodes) => {
    const out: Node[] = []
    // What the next middle sees before it is the last node that was read, even where that ends a group already; the
    // new group then starts with that group. `a > b > c` so becomes one comparison with a comparison on its left.
    let previous: Node | undefined
    let start = 0
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at] as Node
      if (isBlank(node)) {
        out.push(node)
        continue
      }
      const next = solidAt(nodes, at + 1)
      if (previous && binding.middle(node) && binding.before(previous) && binding.after(nodes[next])) {
        const following = nodes[next]
        const end = following && binding.takesNext(following) ? next : at
        if (binding.fromMiddle) start = out.length
        out.push(merge(binding.kind, [...out.splice(start), ...nodes.slice(at, end + 1)]))
        previous = end > at ? nodes[end] : out.at(-1)
        at = end
        continue
      }
      previous = node
      start = out.length
      out.push(node)
    }
    return out
  }
}

/** A name or number with ASC or DESC behind it is one identifier. */
function orderedIdentifiers(nodes: readonly Node[]): Node[] {
  const out: Node[] = []
  for (const node of nodes) {
    out.push(node)
    if (node.kind !== 'order') continue
    const before = out.findLastIndex((other, index) => index < out.length - 1 && !isBlank(other))
    const previous = out[before]
    if (previous && (previous.kind === 'identifier' || anyNumber(previous))) {
      out.push(merge('identifier', out.splice(before)))
    }
  }
  return out
}

const whereEnd = text('keyword', 'ORDER BY', 'GROUP BY', 'LIMIT', 'UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'HAVING')

function whereClauses(nodes: readonly Node[]): Node[] {
  const start = nodes.findIndex(text('keyword', 'WHERE'))
  if (start < 0) return [...nodes]
  const length = nodes.slice(start).findIndex(whereEnd)
  const end = length < 0 ? nodes.length : start + length
  return [...nodes.slice(0, start), merge('where', nodes.slice(start, end)), ...whereClauses(nodes.slice(end))]
}

/** A comment belongs to the group before it, unless nothing but comments and line ends follow. */
function comments(nodes: readonly Node[]): Node[] {
  const last = nodes.findLastIndex((node) => node.kind !== 'comment' && node.kind !== 'newline')
  const out: Node[] = []
  for (const [at, node] of nodes.entries()) {
    out.push(node)
    if (node.kind !== 'comment' || at > last) continue
    const before = out.findLastIndex((other, index) => index < out.length - 1 && !isBlank(other))
    const previous = out[before]
    if (previous?.parts)
      out.push(merge(previous.kind as GroupKind, [...previous.parts, ...out.splice(before).slice(1)]))
  }
  return out
}

/** Index of the first node from `at` on that is not blank, or the length. */
function solidAt(nodes: readonly Node[], at: number): number {
  let index = at
  for (let node = nodes[index]; node && isBlank(node); node = nodes[index]) index += 1
  return index
}
