import { retryTokenReused } from '../errors/errors.ts'
import { parseExactJson, stringifyExactJson } from '../lib/exact-json.ts'
import type { GroupDraft } from './group-draft.ts'
import type { RunState, StoredRetry } from './group-state.ts'
import type { IngestRecord, IngestResult, RunOutcome } from './ingest-record.ts'

/** The result of a record whose retry stamp was stored before, or came earlier in the group; undefined: it is the first. */
export function repeatedResult(draft: GroupDraft, { retry }: IngestRecord): IngestResult | undefined {
  if (retry === undefined) return undefined
  const known = draft.retries.get(retry.id) ?? draft.state.retries.get(retry.id)
  if (known === undefined) return undefined
  if (known.bodyHash !== retry.bodyHash) {
    const { code, message } = retryTokenReused()
    return { ok: false, code, message }
  }
  return resultOf(known)
}

/**
 * Keeps the answer of a record with a retry stamp.
 *
 * @param run as the record has left it
 * @returns what its caller is told
 */
export function keepAnswer(draft: GroupDraft, { retry }: IngestRecord, run: RunState): IngestResult {
  const { revision } = run
  if (retry === undefined) return { ok: true, revision }
  const { name, status, endTime } = run
  const outcome: RunOutcome = { name, status, endTime }
  const { body } = retry
  draft.retries.set(retry.id, { ...retry, revision, outcome: body === null ? stringifyExactJson(outcome) : null })
  return body === null ? { ok: true, revision, outcome } : { ok: true, revision }
}

function resultOf({ body, outcome, revision }: StoredRetry): IngestResult {
  if (body !== null) return { ok: true, revision, replayed: body }
  return { ok: true, revision, outcome: parseExactJson(outcome ?? '{}') as RunOutcome }
}

/** The ids of the retry stamps of a group, each once, in order. */
export function retryIdsOf(records: readonly IngestRecord[]): string[] {
  const ids = new Set<string>()
  for (const { retry } of records) if (retry !== undefined) ids.add(retry.id)
  return ids.size === 0 ? [] : [...ids].sort()
}
