import { randomBytes } from 'node:crypto'

/**
 * The id of a group, as a version 7 UUID: ids sort by time, so that inserting them touches one page and old ones are a
 * range.
 *
 * @param now epoch ms
 */
export function newBatchId(now: number): string {
  const bytes = randomBytes(10)
  bytes[0] = (bytes[0]! & 0x0f) | 0x70
  bytes[2] = (bytes[2]! & 0x3f) | 0x80
  return uuidText(now.toString(16).padStart(12, '0') + bytes.toString('hex'))
}

/** Less than every id made at `time` (epoch ms) or later, greater than every one made before. */
export function batchIdBound(time: number): string {
  return uuidText(Math.max(0, time).toString(16).padStart(12, '0').padEnd(32, '0'))
}

function uuidText(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
