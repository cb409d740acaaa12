import { invalidParameter } from '../../errors/errors.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'
import { pythonRepr } from '../python-literal.ts'
import { readName } from '../side-name.ts'
import { parsePythonInteger, type SideRule } from '../side-value.ts'
import { simpleNames } from './experiment-vocabulary.ts'
import { invalidRegistryClauses, registryTag, registryText } from './registered-model-vocabulary.ts'
import { listOnlyFor, standardLanguage } from './standard-language.ts'
import { ascending, descending, orderingOperators, setText, type Vocabulary } from './vocabulary.ts'

const orderKeys = ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp']
const orderNames = simpleNames(orderKeys, true)

const text: SideRule = {
  ...registryText,
  wrongNumber: () => {
    const numeric = setText(['version_number', 'creation_timestamp', 'last_updated_timestamp'])
    return `Only the '${numeric}' attributes support comparison with numeric values.`
  },
}

/** What model versions are searched by (MLflow model-versions/search). A version may be a number or a quoted number. */
export const modelVersionVocabulary: Vocabulary = {
  filter: standardLanguage({
    names: simpleNames(['name', 'version_number', 'run_id', 'source_path'], false),
    attributes: {
      name: { ...text, lists: true },
      run_id: { ...text, lists: true },
      source_path: { ...text, wrongList: listOnlyFor('name', 'run_id') },
      version_number: {
        ...text,
        literals: ['text', 'number'],
        operators: orderingOperators,
        wrongOperator: (operator) => `Invalid comparator for attribute version_number: ${operator}`,
        wrongList: listOnlyFor('name', 'run_id'),
        convert: (literal, word) => {
          const version = literal.kind === 'text' ? parsePythonInteger(literal.value) : literal.value
          if (version !== undefined && literal.kind !== 'float') return version
          const shown = literal.kind === 'float' ? formatPythonFloat(literal.value) : pythonRepr(String(literal.value))
          throw invalidParameter(`Invalid value for numeric attribute '${word}': ${shown}`)
        },
      },
    },
    tag: registryTag,
    invalidClauses: invalidRegistryClauses,
    anyCase: true,
  }),
  order: {
    // As in MLflow 3.17.0 the prefix does not matter here: `tags.name` orders by the name.
    readSide: (text) => {
      const { side } = readName(text, orderNames)
      if (orderKeys.includes(side.key)) return { entity: 'attribute', key: side.key }
      throw invalidParameter(`Invalid order by key '${side.key}' specified. Valid keys are ${setText(orderKeys)}`)
    },
    aggregates: false,
    refusesDuplicates: true,
    standard: [descending('last_updated_timestamp'), ascending('name'), descending('version_number')],
    tieBreakers: [ascending('name'), descending('version_number')],
  },
}

/**
 * What model versions are searched by in AIDP's dialect: also ordered by stage. The last update stands for the last change of
 * the stage among equals.
 */
export const aidpModelVersionVocabulary: Vocabulary = {
  ...modelVersionVocabulary,
  order: {
    ...modelVersionVocabulary.order,
    readSide: (text) =>
      text === 'current_stage' ? { entity: 'attribute', key: text } : modelVersionVocabulary.order.readSide(text),
    tieBreakers: [descending('last_updated_timestamp'), ...modelVersionVocabulary.order.tieBreakers],
  },
}
