import { invalidParameter } from '../../errors/errors.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'
import { pythonRepr } from '../python-literal.ts'
import { type NameRules, readName } from '../side-name.ts'
import { parsePythonInteger, type SideRule } from '../side-value.ts'
import { listOnlyFor, notOneOf, standardLanguage, unquotedText } from './standard-language.ts'
import {
  ascending,
  descending,
  equalityOperators,
  orderingOperators,
  patternOperators,
  setText,
  type Vocabulary,
} from './vocabulary.ts'

/** Names as the experiment and registry searches read them: fewer prefixes than for runs. */
export function simpleNames(attributes: readonly string[], quotedAttributes: boolean): NameRules {
  return {
    prefixes: { attribute: 'attribute', tag: 'tag', tags: 'tag' },
    quotedPrefixes: false,
    unknownPrefix: (prefix) => `Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`,
    attributes,
    quotedAttributes,
    unknownAttribute: (word) => `Invalid attribute key '${word}' specified. Valid keys are '${setText(attributes)}'`,
    aliases: {},
  }
}

const names = simpleNames(['name', 'experiment_id', 'creation_time', 'last_update_time'], true)

const textSet = setText([...patternOperators, 'IN', 'NOT IN'])

const text: SideRule = {
  literals: ['text'],
  operators: patternOperators,
  wrongOperator: notOneOf(textSet),
  wrongLiteral: (value) => `Expected a quoted string value for attributes. Got value ${value}`,
  wrongList: listOnlyFor('experiment_id'),
}

const time: SideRule = {
  literals: ['number'],
  operators: orderingOperators,
  wrongOperator: notOneOf(textSet, ''),
  wrongLiteral: (value, word) => `Expected numeric value type for numeric attribute: ${word}. Found ${value}`,
  convert: (literal, word) => {
    if (literal.kind === 'integer') return literal.value
    const shown = literal.kind === 'float' ? formatPythonFloat(literal.value) : literal.value
    throw invalidParameter(`Invalid value for numeric attribute '${word}': ${pythonRepr(shown)}`)
  },
}

/** What experiments are searched by (MLflow experiments/search). An `experiment_id` is compared as an integer. */
export const experimentVocabulary: Vocabulary = {
  filter: standardLanguage({
    names,
    attributes: {
      name: text,
      experiment_id: {
        ...text,
        operators: equalityOperators,
        wrongOperator: (operator) => `Invalid comparator for experiment_id: ${operator}`,
        lists: true,
        convert: (literal) => {
          const id = literal.kind === 'text' ? parsePythonInteger(literal.value) : literal.value
          if (id !== undefined) return id
          throw invalidParameter(`Invalid experiment ID '${literal.value}'. Experiment ID must be a valid integer.`)
        },
      },
      creation_time: time,
      last_update_time: time,
    },
    tag: {
      literals: ['text'],
      operators: patternOperators,
      wrongOperator: (operator) => `Invalid comparator for tag: ${operator}`,
      wrongLiteral: unquotedText('tag'),
      nullTests: true,
    },
    invalidClauses: (clauses) => `Invalid clause(s) in filter string: ${clauses.join(', ')}`,
    anyCase: false,
  }),
  order: {
    readSide: (text) => {
      const { side } = readName(text, names)
      if (side.entity !== 'attribute') throw invalidParameter(`Invalid order_by entity: ${side.entity}`)
      return side
    },
    aggregates: false,
    refusesDuplicates: false,
    standard: [descending('creation_time'), ascending('experiment_id')],
    tieBreakers: [descending('experiment_id')],
  },
}
