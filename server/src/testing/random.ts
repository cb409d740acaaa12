import { type Int64, toInt64 } from '../lib/int64.ts'

/** Random choices that a test can repeat: the same seed gives the same ones. */
export interface Random {
  /** 0 ≤ number < 1. */
  number(): number
  /** Both ends included. */
  integer(low: number, high: number): number
  /** Any signed 64-bit integer. */
  int64(): Int64
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  // Mulberry32.
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (low: number, high: number): number => low + Math.floor(number() * (high - low + 1))
  return {
    number,
    integer,
    int64: () => toInt64(BigInt.asIntN(64, (BigInt(integer(0, 2 ** 32 - 1)) << 32n) | BigInt(integer(0, 2 ** 32 - 1)))),
    chance: (probability) => number() < probability,
    pick: (choices) => choices[integer(0, choices.length - 1)]!,
  }
}
