import { readFileSync } from 'node:fs'
import { AppError } from '../../errors/app-error.ts'
import { renderingOf } from '../../errors/error-catalogue.ts'
import { toInt64 } from '../../lib/int64.ts'
import { parseFilter } from '../filter-parser.ts'
import type { Comparison, ComparisonValue, FilterTree, Scalar } from '../filter-tree.ts'
import { parseOrderBy } from '../order-by-parser.ts'
import { experimentVocabulary } from '../vocabulary/experiment-vocabulary.ts'
import { loggedModelVocabulary } from '../vocabulary/logged-model-vocabulary.ts'
import { modelVersionVocabulary } from '../vocabulary/model-version-vocabulary.ts'
import { registeredModelVocabulary } from '../vocabulary/registered-model-vocabulary.ts'
import { runVocabulary } from '../vocabulary/run-vocabulary.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** What the real MLflow server said to one search; written by conformance/python/record_filters.py. */
interface Verdict {
  readonly entity: keyof typeof vocabularies
  /** Names of what was found, when the search was accepted. */
  readonly found?: readonly string[]
  /** MLflow error code and text, when it was refused; sets in the text are sorted. */
  readonly error?: string
  readonly message?: string
  /** Status, when the server answered with an internal fault or with an error of its database. */
  readonly crash?: number
}

export interface FilterVerdict extends Verdict {
  readonly filter: string
  /** What MLflow's own parser made of an accepted filter: entity, key, comparator, value. */
  readonly clauses?: readonly RecordedClause[]
}

export interface OrderVerdict extends Verdict {
  readonly order_by: readonly string[]
}

type RecordedClause = readonly [string, string, string, RecordedValue]
type RecordedValue = string | null | { readonly number: string } | readonly RecordedValue[]

export interface Recording {
  readonly filters: readonly FilterVerdict[]
  readonly orders: readonly OrderVerdict[]
}

const vocabularies = {
  runs: runVocabulary,
  experiments: experimentVocabulary,
  'registered-models': registeredModelVocabulary,
  'model-versions': modelVersionVocabulary,
  'logged-models': loggedModelVocabulary,
} as const satisfies Record<string, Vocabulary>

/** Reads a recording: a line with the data set, then a verdict a line. */
export function readRecording(file: string | URL): Recording {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const [, ...verdicts] = lines.map((line) => JSON.parse(line) as FilterVerdict | OrderVerdict)
  return {
    filters: verdicts.filter((verdict) => 'filter' in verdict),
    orders: verdicts.filter((verdict) => 'order_by' in verdict),
  }
}

/** An answer of ours in the terms of a verdict. */
export type Answer = { readonly accepted: FilterTree | null } | { readonly error: string; readonly message: string }

export function answerTo(verdict: FilterVerdict): Answer {
  return answer(() => parseFilter(verdict.filter, vocabularies[verdict.entity]))
}

/** The same for orders; null when they were accepted. */
export function orderAnswerTo(verdict: OrderVerdict): Answer {
  return answer(() => {
    parseOrderBy(verdict.order_by, vocabularies[verdict.entity])
    return null
  })
}

function answer(read: () => FilterTree | null): Answer {
  try {
    return { accepted: read() }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { error: renderingOf(error.code).mlflow.errorCode, message: sortedSets(error.message) }
  }
}

/** Sorts what stands in sets, whose order Python leaves to chance. */
function sortedSets(message: string): string {
  return message.replace(
    /\{('[^'{}]*'(?:, '[^'{}]*')*)\}/g,
    (_, items: string) => `{${items.split(', ').sort().join(', ')}}`,
  )
}

/** MLflow's reading of a filter as the tree that it should have become. */
export function treeOf(clauses: readonly RecordedClause[], verdict: FilterVerdict): FilterTree | null {
  const children = clauses.map((clause) => comparisonOf(clause, verdict))
  return children.length > 1 ? { type: 'and', children } : (children[0] ?? null)
}

function comparisonOf([entity, key, operator, value]: RecordedClause, { entity: searched }: FilterVerdict): Comparison {
  // These are compared as integers; MLflow's parser still has the text and its store converts it.
  const asInteger = (searched === 'experiments' && key === 'experiment_id') || key === 'version_number'
  return {
    type: 'comparison',
    side: { entity, key } as Comparison['side'],
    operator: operator as Comparison['operator'],
    value: recordedValue(searched === 'logged-models' ? textList(value) : value, entity === 'attribute' && asInteger),
  }
}

/** A number in a list of texts (only logged models take one) is compared as its text. */
function textList(value: RecordedValue): RecordedValue {
  if (!Array.isArray(value)) return value
  return value.map((item: RecordedValue) => (typeof item === 'object' && item && 'number' in item ? item.number : item))
}

function recordedValue(value: RecordedValue, asInteger: boolean): ComparisonValue {
  if (value === null) return null
  if (Array.isArray(value)) return value.map((item: RecordedValue) => recordedValue(item, asInteger) as Scalar)
  if (typeof value !== 'string') return numberOf((value as { number: string }).number)
  return asInteger ? numberOf(value.trim().replace(/^\+|_/g, '')) : value
}

function numberOf(text: string): Scalar {
  if (/^-?\d+$/.test(text)) return toInt64(text)
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)
}

/** Whether a tree says anything that MLflow's language cannot, so that accepting it goes beyond MLflow on purpose. */
export function goesBeyondMlflow(tree: FilterTree | null, verdict: FilterVerdict): boolean {
  if (tree === null) return false
  if (tree.type === 'or' || tree.type === 'not' || /[()]/.test(verdict.filter)) return true
  if (tree.type === 'comparison')
    return tree.side.aggregate !== undefined || tree.value === null || Array.isArray(tree.value)
  return tree.children.some((child) => goesBeyondMlflow(child, verdict))
}
