import { invalidParameter } from '../../errors/errors.ts'
import type { NameRules } from '../side-name.ts'
import { readName } from '../side-name.ts'
import type { SideRule } from '../side-value.ts'
import { listOnlyFor, notOneOf, standardLanguage, unquotedText } from './standard-language.ts'
import { ascending, descending, orderingOperators, patternOperators, setText, type Vocabulary } from './vocabulary.ts'

const aliases = {
  created: 'start_time',
  Created: 'start_time',
  'run name': 'run_name',
  'Run name': 'run_name',
  'Run Name': 'run_name',
}

const orderAttributes = [
  'start_time',
  'end_time',
  'run_id',
  'run_name',
  'status',
  'artifact_uri',
  'user_id',
  'created',
  'Created',
]

const names: NameRules = {
  prefixes: {
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    run: 'attribute',
    metric: 'metric',
    metrics: 'metric',
    parameter: 'param',
    parameters: 'param',
    param: 'param',
    params: 'param',
    tag: 'tag',
    tags: 'tag',
    dataset: 'dataset',
    datasets: 'dataset',
  },
  quotedPrefixes: true,
  unknownPrefix: (prefix) =>
    `Invalid entity type '${prefix}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
  attributes: [...orderAttributes, 'run name', 'Run name', 'Run Name'],
  quotedAttributes: true,
  unknownAttribute: (word) => unknownAttribute(word, names.attributes),
  datasetKeys: ['name', 'digest', 'context'],
  unknownDatasetKey: (key) =>
    `Invalid dataset key '${key}' specified. Valid keys are '${setText(['name', 'digest', 'context'])}'`,
  aliases,
}

const orderNames: NameRules = {
  ...names,
  attributes: orderAttributes,
  unknownAttribute: (word) => unknownAttribute(word, orderAttributes),
}

function unknownAttribute(word: string, known: readonly string[]): string {
  return `Invalid attribute key '${word}' specified. Valid keys are '${setText(known)}'`
}

const textSet = setText([...patternOperators, 'IN', 'NOT IN'])
const nullableSet = setText([...patternOperators, 'IS NULL', 'IS NOT NULL'])

const text: SideRule = {
  literals: ['text'],
  operators: patternOperators,
  wrongOperator: notOneOf(textSet),
  wrongLiteral: (value) => `Expected a quoted string value for attributes. Got value ${value}`,
  wrongList: listOnlyFor('run_id'),
}

const time: SideRule = {
  literals: ['number'],
  operators: orderingOperators,
  wrongOperator: notOneOf(textSet, ''),
  wrongLiteral: (value, word) => `Expected numeric value type for numeric attribute: ${word}. Found ${value}`,
}

/** What runs are searched by (MLflow runs/search). */
export const runVocabulary: Vocabulary = {
  filter: standardLanguage({
    names,
    attributes: {
      run_id: { ...text, lists: true },
      run_name: text,
      status: text,
      artifact_uri: text,
      user_id: text,
      start_time: time,
      end_time: time,
    },
    metric: {
      literals: ['double'],
      operators: orderingOperators,
      wrongOperator: notOneOf(setText(orderingOperators), ''),
      wrongLiteral: (value) => `Expected numeric value type for metric. Found ${value}`,
    },
    param: {
      literals: ['text'],
      operators: patternOperators,
      wrongOperator: notOneOf(nullableSet),
      wrongLiteral: unquotedText('parameter'),
      nullTests: true,
    },
    tag: {
      literals: ['text'],
      operators: patternOperators,
      wrongOperator: notOneOf(nullableSet, ''),
      wrongLiteral: unquotedText('tag'),
      nullTests: true,
    },
    dataset: {
      literals: ['text'],
      operators: patternOperators,
      wrongOperator: notOneOf(textSet, ''),
      wrongLiteral: (value) => `Expected a quoted string value for dataset attributes. Got value ${value}`,
      lists: true,
    },
    invalidClauses: (clauses) =>
      `Invalid clause(s) in filter string: ${clauses.map((clause) => `'${clause}'`).join(', ')}`,
    anyCase: true,
  }),
  order: {
    readSide: (text) => {
      const { side } = readName(text, orderNames)
      if (side.entity === 'dataset') throw invalidParameter(`Invalid identifier type 'dataset'`)
      return side
    },
    aggregates: true,
    refusesDuplicates: true,
    standard: [],
    tieBreakers: [descending('start_time'), ascending('run_id')],
  },
}
