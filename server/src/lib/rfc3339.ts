import type { Int64 } from './int64.ts'

/** A time as Oracle's APIs write it: RFC 3339 in UTC, with milliseconds. */
export function rfc3339(epochMs: Int64): string {
  return new Date(Number(epochMs)).toISOString()
}
