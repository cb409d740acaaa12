import type { IngestRecord, LogToRun, Submitted } from './ingest-record.ts'

/** A record that has been accepted and not answered yet. */
export interface AcceptedRecord {
  readonly record: IngestRecord
  readonly size: RecordSize
  readonly resolve: (done: Submitted) => void
  readonly reject: (error: unknown) => void
}

export interface RecordSize {
  /** Rows it writes at most. */
  readonly rows: number
  /** About what it takes in memory and on the wire. */
  readonly bytes: number
}

const bytesPerRow = 64

export function sizeOf(record: IngestRecord): RecordSize {
  const size = sizeOfEffect(record)
  const { retry } = record
  return retry === undefined ? size : { rows: size.rows + 1, bytes: size.bytes + 200 + (retry.body?.length ?? 0) }
}

/**
 * Every name may be new, and then has a row in the catalogue of names; a series has a segment, a summary and perhaps a place
 * on the list of what is to be merged. Points count even where many of them make one row: they take time.
 */
function sizeOfEffect(record: IngestRecord): RecordSize {
  if (record.kind === 'update-run') {
    return { rows: record.name === undefined ? 2 : 4, bytes: 2 * bytesPerRow + (record.name?.length ?? 0) }
  }
  let rows = 1
  let bytes = bytesPerRow
  if (record.kind === 'log') {
    rows += Math.max(record.metrics.length, rowsPerSeries * countSeries(record)) + rowsPerText * record.params.length
    for (const { key, modelId } of record.metrics) {
      bytes += key.length + bytesPerRow
      if (modelId !== undefined) rows++
    }
    for (const { key, value } of record.params) bytes += 2 * (key.length + value.length) + bytesPerRow
  }
  rows += rowsPerText * record.tags.length
  for (const { key, value } of record.tags) bytes += 2 * (key.length + value.length) + bytesPerRow
  return { rows, bytes }
}

const rowsPerSeries = 4
const rowsPerText = 2

function countSeries({ metrics }: LogToRun): number {
  if (metrics.length < 2) return metrics.length
  const keys = new Set<string>()
  for (const { key } of metrics) keys.add(key)
  return keys.size
}

/** How much goes into one group. The first record always does. */
export interface GroupLimits {
  readonly rows: number
  readonly bytes: number
}

/** Records of one tenant that wait for a group, first come first served within a run. */
export class RecordQueue {
  #records: AcceptedRecord[] = []
  #rows = 0

  get length(): number {
    return this.#records.length
  }

  get rows(): number {
    return this.#rows
  }

  push(accepted: AcceptedRecord): void {
    this.#records.push(accepted)
    this.#rows += accepted.size.rows
  }

  /**
   * Takes the next group: as many records as fit, in order, but for those whose run is in `busyRuns`.
   */
  take(limits: GroupLimits, busyRuns: ReadonlySet<string>): AcceptedRecord[] {
    const taken: AcceptedRecord[] = []
    const left: AcceptedRecord[] = []
    let rows = 0
    let bytes = 0
    let next = 0
    for (; next < this.#records.length; next++) {
      const accepted = this.#records[next]!
      if (busyRuns.has(accepted.record.runId)) {
        left.push(accepted)
        continue
      }
      const { size } = accepted
      if (taken.length > 0 && (rows + size.rows > limits.rows || bytes + size.bytes > limits.bytes)) break
      taken.push(accepted)
      rows += size.rows
      bytes += size.bytes
    }
    this.#rows -= rows
    const rest = next === this.#records.length ? [] : this.#records.slice(next)
    this.#records = left.length === 0 ? rest : [...left, ...rest]
    return taken
  }
}
