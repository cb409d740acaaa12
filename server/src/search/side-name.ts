import { invalidParameter } from '../errors/errors.ts'
import type { Side, SideEntity } from './filter-tree.ts'

/** How `prefix.key` and a bare `key` are read. */
export interface NameRules {
  /** Prefixes (case matters) and what they stand for; a name without a dot is an attribute. */
  readonly prefixes: Readonly<Record<string, SideEntity>>
  /** Whether a prefix may stand in backticks. */
  readonly quotedPrefixes: boolean
  readonly unknownPrefix: (prefix: string) => string
  readonly attributes: readonly string[]
  /** Whether an attribute may stand in quotes or backticks. */
  readonly quotedAttributes: boolean
  readonly unknownAttribute: (word: string) => string
  readonly datasetKeys?: readonly string[]
  readonly unknownDatasetKey?: (key: string) => string
  /** Words that stand for an attribute. MLflow 3.17.0 translates them behind every prefix, so it is done here too. */
  readonly aliases: Readonly<Record<string, string>>
}

/** A side together with the key as it was written, which is what messages show. */
export interface NamedSide {
  readonly side: Side
  readonly word: string
}

/**
 * Reads a name: the first dot ends the prefix, and one pair of quotes and one of backticks is taken off the key.
 * @throws invalid-parameter for an unknown prefix, attribute or dataset key
 */
export function readName(text: string, rules: NameRules): NamedSide {
  const dot = text.indexOf('.')
  const entity = dot < 0 ? 'attribute' : readPrefix(text.slice(0, dot), rules)
  const written = text.slice(dot + 1)
  const word = unquote(written)
  if (entity === 'attribute') {
    const attribute = rules.quotedAttributes ? word : written
    if (!rules.attributes.includes(attribute)) throw invalidParameter(rules.unknownAttribute(attribute))
  }
  if (entity === 'dataset' && !rules.datasetKeys?.includes(word)) {
    throw invalidParameter(rules.unknownDatasetKey?.(word) ?? rules.unknownAttribute(word))
  }
  const key = Object.hasOwn(rules.aliases, word) ? (rules.aliases[word] as string) : word
  return { side: { entity, key }, word }
}

function readPrefix(written: string, rules: NameRules): SideEntity {
  const prefix = rules.quotedPrefixes ? trim(written, '`') : written
  const entity = Object.hasOwn(rules.prefixes, prefix) ? rules.prefixes[prefix] : undefined
  if (entity === undefined) throw invalidParameter(rules.unknownPrefix(prefix))
  return entity
}

function unquote(text: string): string {
  const inner = isQuoted(text, "'") ? trim(text, "'") : trim(text, '"')
  return trim(inner, '`')
}

/** Whether a text starts and ends with the mark. */
export function isQuoted(text: string, mark: string): boolean {
  return text.length >= 2 && text.startsWith(mark) && text.endsWith(mark)
}

/** Takes one pair of marks off, if there is one; what is inside stays as it is. */
function trim(text: string, mark: string): string {
  return isQuoted(text, mark) ? text.slice(1, -1) : text
}
