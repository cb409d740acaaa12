import type { AppError } from '../errors/app-error.ts'
import { invalidParameter } from '../errors/errors.ts'
import type { GroupState } from './group-state.ts'
import type { IngestRecord } from './ingest-record.ts'
import { runNameTag } from './run-name-tag.ts'

/** A limit of the engine on texts: which it cannot store, and why. */
export interface TextRules {
  /** Names of metrics, params, tags and runs: they are in indexes. */
  nameRefusal(name: string): string | undefined
  textRefusal(text: string): string | undefined
}

/** Refuses a record with a text that the engine would refuse, which would fail its neighbours with it. */
export function unstorableText({ textRules }: GroupState, record: IngestRecord): AppError | undefined {
  if (textRules === undefined) return undefined
  const { names, texts } = textsOf(record)
  const reason = firstOf(names, textRules.nameRefusal) ?? firstOf(texts, textRules.textRefusal)
  return reason === undefined ? undefined : invalidParameter(reason)
}

function textsOf(record: IngestRecord): { readonly names: readonly string[]; readonly texts: readonly string[] } {
  if (record.kind === 'update-run') return { names: record.name === undefined ? [] : [record.name], texts: [] }
  const names = record.tags.map((tag) => tag.key)
  const texts = record.tags.map((tag) => tag.value)
  for (const { key, value } of record.tags) if (key === runNameTag) names.push(value)
  if (record.kind === 'create-run') {
    return { names: [...names, record.name], texts: [...texts, record.userId, record.artifactUri] }
  }
  for (const { key, value } of record.params) {
    names.push(key)
    texts.push(value)
  }
  for (const { key, datasetName, datasetDigest } of record.metrics) {
    if (key !== names.at(-1)) names.push(key)
    if (datasetName !== undefined) texts.push(datasetName)
    if (datasetDigest !== undefined) texts.push(datasetDigest)
  }
  return { names, texts }
}

function firstOf(texts: readonly string[], refusal: (text: string) => string | undefined): string | undefined {
  for (const text of texts) {
    const reason = refusal(text)
    if (reason !== undefined) return reason
  }
  return undefined
}
