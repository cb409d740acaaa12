import type { PointColumns } from '../../ingest/point-columns.ts'
import type { Int64 } from '../../lib/int64.ts'

interface PointMessage {
  readonly value: number
  readonly timestamp: Int64
  readonly step: Int64
}

/** The wire form of points, each with the given fields beside its own. */
export function pointMessages<T extends object>(
  { length, steps, timestamps, values }: PointColumns,
  fields: T,
): (T & PointMessage)[] {
  const messages: (T & PointMessage)[] = new Array(length)
  for (let i = 0; i < length; i++) {
    messages[i] = { ...fields, value: values[i]!, timestamp: timestamps[i]!, step: steps[i]! }
  }
  return messages
}
