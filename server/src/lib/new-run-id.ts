import { randomInt, randomUUID } from 'node:crypto'

const slots = 2 ** 21
let lastMs = 0
let slot = 0

/**
 * A new run id: 32 hex digits of 42 bits of milliseconds, 21 bits that no other id of this process has in the same
 * millisecond, and 65 random bits. Ids sort by time, and their first 63 bits, under which a run is stored, do not repeat.
 *
 * @param now epoch milliseconds
 */
export function newRunId(now: number): string {
  slot = now === lastMs ? (slot + 1) % slots : randomInt(slots)
  lastMs = now
  const uuid = randomUUID()
  const high = Math.floor(now / 1024) % 2 ** 32
  const low = (now % 1024) * 2 ** 22 + slot * 2 + (uuid.charCodeAt(7) & 1)
  return hex32(high) + hex32(low) + uuid.slice(24) + uuid.slice(0, 4)
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0')
}
