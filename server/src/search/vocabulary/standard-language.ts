import { type ClauseRules, readClauses } from '../clause-reader.ts'
import { pythonRepr } from '../python-literal.ts'
import type { FilterLanguage } from './vocabulary.ts'

/** The filter language of everything but logged models, which MLflow reads by a parser of their own. */
export function standardLanguage(rules: ClauseRules): FilterLanguage {
  return {
    unreadable: (filter) => `Error on parsing filter '${filter}'`,
    blank: (filter) => `Invalid filter '${filter}'. Could not be parsed.`,
    several: (filter) =>
      `Search filter contained multiple expression ${pythonRepr(filter)}. Provide AND-ed expression list.`,
    readClauses: (clauses) => readClauses(clauses, rules),
    aggregates: rules.metric !== undefined,
  }
}

export function unquotedText(kind: string): (text: string) => string {
  return (text) => `Expected a quoted string value for ${kind} (e.g. 'my-value'). Got value ${text}`
}

/** A bracketed list behind an operator other than IN and NOT IN, where MLflow knows lists for some attributes only. */
export function listOnlyFor(...attributes: string[]): () => string {
  const list = attributes.map((attribute) => `'${attribute}'`).join(', ')
  return () => `Only [${list}] attributes support comparison with a list of quoted string values.`
}

/** MLflow's usual words for an operator that a side does not take; some of its messages lack the last quote. */
export function notOneOf(operators: string, lastQuote: "'" | '' = "'"): (operator: string) => string {
  return (operator) => `Invalid comparator '${operator}' not one of '${operators}${lastQuote}`
}
