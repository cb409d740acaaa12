import { createHash } from 'node:crypto'
import { invalidParameter } from '../../errors/errors.ts'
import { int64Max, int64Min, toInt64 } from '../../lib/int64.ts'
import type { HistoryPlace } from './metric-history.ts'

/** The history that a token is good for. */
export interface TokenHistory {
  readonly runId: string
  readonly metric: string
}

/** Writes a place of a history as a page token, opaque to clients. */
export function historyToken({ timestamp, step, value }: HistoryPlace, history: TokenHistory): string {
  return Buffer.from([timestamp, step, value, digestOf(history)].join(' ')).toString('base64url')
}

/**
 * Reads a page token.
 *
 * @throws AppError `invalid-parameter`, also for the token of another history
 */
export function placeOfToken(token: string, history: TokenHistory): HistoryPlace {
  const [timestamp = '', step = '', value = '', digest = '', ...rest] = Buffer.from(token, 'base64url')
    .toString()
    .split(' ')
  const place = { timestamp: integer(timestamp), step: integer(step), value: value === '' ? undefined : Number(value) }
  if (
    place.timestamp === undefined ||
    place.step === undefined ||
    place.value === undefined ||
    rest.length > 0 ||
    digest !== digestOf(history)
  ) {
    throw invalidParameter('Invalid page token.')
  }
  if (Number.isNaN(place.value) && value !== 'NaN') throw invalidParameter('Invalid page token.')
  return { timestamp: place.timestamp, step: place.step, value: place.value }
}

function digestOf({ runId, metric }: TokenHistory): string {
  return createHash('sha256')
    .update(JSON.stringify([runId, metric]))
    .digest('base64url')
    .slice(0, 16)
}

function integer(text: string): number | bigint | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined
  const value = BigInt(text)
  return value < int64Min || value > int64Max ? undefined : toInt64(value)
}
