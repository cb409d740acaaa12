import { invalidParameter } from '../errors/errors.ts'
import { containsComparison, type Node } from './filter-groups.ts'
import { isBlank } from './filter-lexer.ts'
import { isWord } from './filter-statement.ts'
import type { Comparison, Operator, Side } from './filter-tree.ts'
import { type NameRules, readName } from './side-name.ts'
import { type Literal, readList, readLiteral, type SideRule, scalarOf } from './side-value.ts'

/** The clauses of one kind of entity: all of it data but for the messages. */
export interface ClauseRules {
  readonly names: NameRules
  /** The rule of each attribute (by its canonical key), and of the keys of everything else. */
  readonly attributes: Readonly<Record<string, SideRule>>
  readonly metric?: SideRule
  readonly param?: SideRule
  readonly tag?: SideRule
  readonly dataset?: SideRule
  readonly invalidClauses: (clauses: readonly string[]) => string
  /** Whether `like` is as good as `LIKE`. */
  readonly anyCase: boolean
}

/** A clause whose side and value have been read and whose operator has not been checked yet. */
interface Draft {
  readonly side: Side
  readonly word: string
  readonly rule: SideRule
  readonly operator: string
  readonly value: Literal | readonly Literal[] | null
}

/**
 * Reads clauses joined by AND or by nothing; an AND at either end or twice does no harm, as in MLflow. Sides and values
 * of all clauses are checked before any operator, so that the error is the one which MLflow gives.
 * @throws invalid-parameter
 */
export function readClauses(clauses: readonly Node[], rules: ClauseRules): Comparison[] {
  const invalid = clauses.filter((clause) => clause.kind !== 'comparison' && !isWord(clause, 'AND'))
  if (invalid.length > 0) throw invalidParameter(rules.invalidClauses(invalid.map((clause) => clause.text)))
  const drafts = clauses.filter((clause) => clause.kind === 'comparison').map((clause) => readDraft(clause, rules))
  const comparisons = drafts.map((draft) => finish(draft, rules))
  refuseLists(comparisons)
  return comparisons
}

/**
 * Refuses lists behind operators that take none, where MLflow hands them to its database and answers with what that says.
 * @throws invalid-parameter
 */
export function refuseLists(comparisons: readonly Comparison[]): void {
  const wrong = comparisons.find(({ operator, value }) => Array.isArray(value) && !takesList(operator))
  if (wrong) throw invalidParameter(`A list needs the comparator IN or NOT IN, not ${wrong.operator}`)
}

export function takesList(operator: Operator): boolean {
  return operator === 'IN' || operator === 'NOT IN'
}

function readDraft(clause: Node, rules: ClauseRules): Draft {
  const parts = (clause.parts ?? []).filter((part) => !isBlank(part))
  const [left, operator, right] = parts
  const isNullTest = parts.length === 2 && operator !== undefined && /^IS /.test(operator.text)
  if (!left || !operator || (!isNullTest && parts.length !== 3)) {
    throw invalidParameter(`Invalid comparison clause. Expected 3 tokens found ${parts.length}`)
  }
  if (left.kind !== 'identifier') {
    throw invalidParameter(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`)
  }
  const { side, word } = readName(left.text, rules.names)
  const rule = side.entity === 'attribute' ? rules.attributes[side.key] : rules[side.entity]
  if (!rule) throw invalidParameter(rules.names.unknownAttribute(word))
  // A forgotten AND makes `params.a = 'x' params.b` one name in MLflow. What goes beyond MLflow need not follow it there.
  const beyond = right ? operator.kind === 'keyword' && !rule.lists : !rule.nullTests
  if (beyond && containsComparison(left)) throw invalidParameter(rules.invalidClauses([left.text]))
  return { side, word, rule, operator: operator.text, value: right ? readValue(operator, right, rule, word) : null }
}

function readValue(operator: Node, right: Node, rule: SideRule, word: string): Literal | readonly Literal[] {
  const list = operator.kind === 'keyword' || (right.kind === 'parenthesis' && rule.lists)
  return list ? readList(right, rule) : readLiteral(right, rule, word)
}

function finish({ side, word, rule, operator, value }: Draft, rules: ClauseRules): Comparison {
  const canonical = operator.toUpperCase() as Operator
  if (value === null) return { type: 'comparison', side, operator: canonical, value }
  const known = rules.anyCase ? canonical : operator
  if (!takesList(canonical) && !rule.operators.some((other) => other === known)) {
    throw invalidParameter(rule.wrongOperator(known))
  }
  if ('kind' in value) return { type: 'comparison', side, operator: canonical, value: scalarOf(value, rule, word) }
  return { type: 'comparison', side, operator: canonical, value: value.map((item) => scalarOf(item, rule, word)) }
}
