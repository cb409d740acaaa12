import { AppError } from '../../errors/app-error.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { toInt64 } from '../../lib/int64.ts'
import { refuseLists, takesList } from '../clause-reader.ts'
import { containsComparison, type Node } from '../filter-groups.ts'
import { isBlank } from '../filter-lexer.ts'
import type { Comparison, ComparisonValue, Operator, Scalar, Side, SideEntity } from '../filter-tree.ts'
import { isPythonTuple, type PythonValue, parsePythonLiteral, pythonRepr } from '../python-literal.ts'
import { ascending, descending, setText, type Vocabulary } from './vocabulary.ts'

/** Prefixes of filters and what they stand for. There are no others, and no singular ones. */
const prefixes: Readonly<Record<string, SideEntity>> = {
  attributes: 'attribute',
  metrics: 'metric',
  params: 'param',
  tags: 'tag',
}

/** Words for attributes and the attribute each stands for. A status is compared as the text of its number. */
const attributes: Readonly<Record<string, string>> = {
  model_id: 'model_id',
  experiment_id: 'experiment_id',
  name: 'name',
  artifact_location: 'artifact_location',
  creation_time: 'creation_timestamp_ms',
  creation_timestamp: 'creation_timestamp_ms',
  creation_timestamp_ms: 'creation_timestamp_ms',
  last_updated_timestamp: 'last_updated_timestamp_ms',
  last_updated_timestamp_ms: 'last_updated_timestamp_ms',
  status: 'status',
  lifecycle_stage: 'lifecycle_stage',
  model_type: 'model_type',
  source_run_id: 'source_run_id',
  status_message: 'status_message',
}

/** What a side is compared as: text, an exact integer (times), or a double (metrics). */
type ValueKind = 'text' | 'integer' | 'double'

const textOperators = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'] as const satisfies readonly Operator[]
const numberOperators = ['<', '<=', '>', '>=', '=', '!='] as const satisfies readonly Operator[]

/**
 * What logged models are searched by (MLflow logged-models/search). MLflow has a reader of its own for them: any text is
 * a value, single quotes are stripped from it, and anything but a backtick belongs to the key. Every comparison of a
 * metric is about all of its points.
 */
export const loggedModelVocabulary: Vocabulary = {
  filter: {
    unreadable: (filter) => `Invalid filter string: ${pythonRepr(filter)}. It has too many tokens or brackets.`,
    blank: (filter) => `Invalid filter string: ${pythonRepr(filter)}. Expected a single SQL expression.`,
    several: (filter) => `Invalid filter string: ${pythonRepr(filter)}. Expected a single SQL expression.`,
    readClauses: (clauses, filter) => {
      const comparisons = clauses.flatMap((clause) => readClause(clause, filter))
      comparisons.forEach(checkAttribute)
      refuseLists(comparisons)
      return comparisons
    },
    aggregates: false,
  },
  order: {
    readSide: readOrderField,
    aggregates: false,
    refusesDuplicates: false,
    standard: [],
    tieBreakers: [descending('creation_timestamp_ms'), ascending('model_id')],
  },
}

function readClause(clause: Node, filter: string): Comparison[] {
  if (clause.kind !== 'comparison') {
    if (clause.text.trim().toUpperCase() === 'AND') return []
    throw notClauses(filter)
  }
  const parts = (clause.parts ?? []).filter((part) => !isBlank(part))
  const [left, comparator, right] = parts
  const operator = comparator?.text.toUpperCase() as Operator
  const isNullTest = parts.length === 2 && /^IS /.test(operator)
  if (!left || (!right && !isNullTest) || parts.length > 3) {
    throw invalidParameter(`Invalid comparison: ${clause.text}. Expected a comparison with 3 tokens.`)
  }
  const { side, shown } = readSide(left.text)
  const time = side.entity === 'attribute' && side.key.endsWith('_ms')
  const kind: ValueKind = side.entity === 'metric' ? 'double' : time ? 'integer' : 'text'
  // Beyond MLflow, so a forgotten AND is not taken for a part of the key, as MLflow does with others.
  const beyond = !right || (takesList(operator) && kind !== 'text')
  if (beyond && containsComparison(left)) throw notClauses(filter)
  if (!right) return [{ type: 'comparison', side, operator, value: null }]
  checkOperator(operator, kind, shown)
  return [{ type: 'comparison', side, operator, value: readValue(right, operator, kind) }]
}

function notClauses(filter: string): AppError {
  return invalidParameter(
    `Invalid filter string: ${pythonRepr(filter)}. Expected a list of comparisons separated by 'AND' ` +
      `(e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').`,
  )
}

/** Reads a side; whether there is such an attribute is asked later, because MLflow looks at operators first. */
function readSide(text: string): { side: Side; shown: string } {
  const [, prefix, written = text] = /^([a-z]+)\.(.+)$/.exec(text) ?? []
  const entity = readPrefix(prefix)
  const word = written.replace(/^`+|`+$/g, '')
  const key = entity === 'attribute' && Object.hasOwn(attributes, word) ? (attributes[word] as string) : word
  return { side: { entity, key }, shown: prefix === undefined ? `attributes.${key}` : `${prefix}.${word}` }
}

function readPrefix(prefix = 'attributes'): SideEntity {
  const entity = Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined
  if (!entity) {
    const known = Object.keys(prefixes).map((name) => `'${name}'`)
    throw invalidParameter(`Invalid entity type: ${pythonRepr(prefix)}. Expected one of [${known.join(', ')}].`)
  }
  return entity
}

function checkAttribute({ side }: Comparison): void {
  if (side.entity !== 'attribute' || Object.values(attributes).includes(side.key)) return
  const known = setText(Object.keys(attributes))
  throw invalidParameter(`Invalid attribute key '${side.key}' specified. Valid keys are '${known}'`)
}

function checkOperator(operator: Operator, kind: ValueKind, name: string): void {
  // Lists of numbers go beyond MLflow.
  if (takesList(operator)) return
  const known: readonly Operator[] = kind === 'text' ? textOperators : numberOperators
  if (known.includes(operator)) return
  const list = known.map((other) => `'${other}'`).join(', ')
  throw invalidParameter(`Invalid comparison operator for ${name}: '${operator}'. Expected one of (${list}).`)
}

function readValue(right: Node, operator: Operator, kind: ValueKind): ComparisonValue {
  if (takesList(operator) || (right.kind === 'parenthesis' && kind === 'text')) return readList(right.text, kind)
  return kind === 'text' ? right.text.replace(/^'+|'+$/g, '') : readNumber(right.text, kind)
}

function readList(text: string, kind: ValueKind): readonly Scalar[] {
  const parsed = parsePythonLiteral(text)
  const values = parsed === undefined || isPythonTuple(parsed) ? parsed : [parsed]
  const items = values?.map((value) => listItem(value, kind))
  if (items && !items.includes(undefined)) return items as Scalar[]
  const wanted = kind === 'text' ? 'quoted strings' : 'numbers'
  throw invalidParameter(`Invalid list ${text} in filter string. Expected a list of ${wanted}.`)
}

function listItem(value: PythonValue, kind: ValueKind): Scalar | undefined {
  if (typeof value === 'string') return kind === 'text' ? value : undefined
  if (isPythonTuple(value)) return undefined
  return kind === 'text' ? value.number : readNumber(value.number, kind)
}

/** A Python `float(text)`, but exact where integers are compared. */
function readNumber(text: string, kind: ValueKind): Scalar {
  if (kind === 'integer' && /^-?\d+$/.test(text)) return toInt64(text)
  const special = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(text)
  if (special) return special[2] ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  if (/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text.replaceAll('_', ''))
  throw invalidParameter(`Invalid value ${text} in filter string. Expected a number.`)
}

/** The `field_name` of an order_by item: an attribute, or `metrics.` and a key. */
function readOrderField(field: string): Side {
  const dot = field.indexOf('.')
  if (dot >= 0) {
    if (field.slice(0, dot) === 'metrics') return { entity: 'metric', key: field.slice(dot + 1) }
    throw invalidParameter(`Invalid order by field name: ${field}. Only metrics are supported.`)
  }
  const key = Object.hasOwn(attributes, field) ? attributes[field] : undefined
  if (key) return { entity: 'attribute', key }
  throw new AppError('order-by-attribute-unknown', `Invalid order by field name: ${field}`)
}
