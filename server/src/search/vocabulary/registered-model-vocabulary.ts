import { invalidParameter } from '../../errors/errors.ts'
import type { SideRule } from '../side-value.ts'
import { simpleNames } from './experiment-vocabulary.ts'
import { standardLanguage, unquotedText } from './standard-language.ts'
import { ascending, patternOperators, setText, type Vocabulary } from './vocabulary.ts'

/** The rules that registered models and model versions share. */
export const registryText: SideRule = {
  literals: ['text'],
  operators: patternOperators,
  wrongOperator: (operator) => `Invalid comparator for attribute: ${operator}`,
  wrongLiteral: (value) =>
    `Expected a quoted string value or a list of quoted string values for attributes. Got value ${value}`,
}

export const registryTag: SideRule = {
  literals: ['text'],
  operators: patternOperators,
  wrongOperator: (operator) => `Invalid comparator for tag: ${operator}`,
  wrongLiteral: unquotedText('tag'),
}

export function invalidRegistryClauses(clauses: readonly string[]): string {
  return `Invalid clause(s) in filter string: ${clauses.join(', ')}`
}

const orderKeys: Readonly<Record<string, string>> = {
  name: 'name',
  timestamp: 'last_updated_timestamp',
  last_updated_timestamp: 'last_updated_timestamp',
}

/** What registered models are searched by (MLflow registered-models/search). */
export const registeredModelVocabulary: Vocabulary = {
  filter: standardLanguage({
    names: simpleNames(['name'], false),
    attributes: { name: { ...registryText, lists: true } },
    tag: registryTag,
    invalidClauses: invalidRegistryClauses,
    anyCase: true,
  }),
  order: {
    readSide: (text) => {
      const key = Object.hasOwn(orderKeys, text) ? orderKeys[text] : undefined
      if (key) return { entity: 'attribute', key }
      const known = setText(['name', 'timestamp'])
      throw invalidParameter(`Invalid order by key '${text}' specified. Valid keys are '${known}'`)
    },
    aggregates: false,
    refusesDuplicates: true,
    standard: [],
    tieBreakers: [ascending('name')],
  },
}
