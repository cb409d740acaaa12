import { invalidParameter } from '../../errors/errors.ts'
import { int64Max, int64Min, toInt64 } from '../../lib/int64.ts'
import type { HistoryPlace } from './metric-history.ts'

/** Writes a place of a history as a page token, opaque to clients. */
export function historyToken({ timestamp, step, value }: HistoryPlace): string {
  return Buffer.from([timestamp, step, value].join(' ')).toString('base64url')
}

/**
 * Reads a page token.
 *
 * @throws AppError `invalid-parameter`
 */
export function placeOfToken(token: string): HistoryPlace {
  const [timestamp = '', step = '', value = '', ...rest] = Buffer.from(token, 'base64url').toString().split(' ')
  const place = { timestamp: integer(timestamp), step: integer(step), value: value === '' ? undefined : Number(value) }
  if (place.timestamp === undefined || place.step === undefined || place.value === undefined || rest.length > 0) {
    throw invalidParameter('Invalid page token.')
  }
  if (Number.isNaN(place.value) && value !== 'NaN') throw invalidParameter('Invalid page token.')
  return { timestamp: place.timestamp, step: place.step, value: place.value }
}

function integer(text: string): number | bigint | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined
  const value = BigInt(text)
  return value < int64Min || value > int64Max ? undefined : toInt64(value)
}
