import { randomInt } from 'node:crypto'
import type { Int64 } from '../lib/int64.ts'

let last = 0n

/**
 * A number for the segments that one commit writes, one in each series. It ascends within a process; between processes
 * 21 random bits keep it apart.
 *
 * @param now epoch ms
 */
export function nextSegmentId(now: number): Int64 {
  const fresh = (BigInt(now) << 21n) | BigInt(randomInt(2 ** 21))
  last = fresh > last ? fresh : last + 1n
  return last
}
