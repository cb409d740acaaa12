import type { AppError } from '../errors/app-error.ts'
import { badRequest } from '../errors/errors.ts'
import type { GroupState } from './group-state.ts'
import type { IngestRecord } from './ingest-record.ts'

/** Refuses a record with a text that the engine would refuse, which would fail its neighbours with it. */
export function unstorableText(state: GroupState, record: IngestRecord): AppError | undefined {
  const { textRefusal } = state
  if (textRefusal === undefined) return undefined
  for (const text of textsOf(record)) {
    const reason = textRefusal(text)
    if (reason !== undefined) return badRequest(reason)
  }
  return undefined
}

function* textsOf(record: IngestRecord): Iterable<string> {
  switch (record.kind) {
    case 'log':
      for (const { key, datasetName = '', datasetDigest = '' } of record.metrics) {
        yield* [key, datasetName, datasetDigest]
      }
      for (const { key, value } of record.params) yield* [key, value]
      for (const { key, value } of record.tags) yield* [key, value]
      return
    case 'create-run':
      yield* [record.name, record.userId, record.artifactUri]
      for (const { key, value } of record.tags) yield* [key, value]
      return
    case 'update-run':
      if (record.name !== undefined) yield record.name
      return
  }
}
