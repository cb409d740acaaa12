/**
 * A 64-bit integer that stays exact: a plain number while it is a safe integer, a bigint beyond. Comparison operators,
 * template strings and the database bindings take both; `===` between the two kinds must not be used.
 */
export type Int64 = number | bigint

export const int64Min = -(2n ** 63n)
export const int64Max = 2n ** 63n - 1n

/** Narrows to a plain number where that is exact. */
export function toInt64(value: number | bigint | string): Int64 {
  if (typeof value === 'number') return value
  const big = typeof value === 'bigint' ? value : BigInt(value)
  const small = Number(big)
  return Number.isSafeInteger(small) ? small : big
}

/** Ascending order of two exact integers. */
export function compareInt64(a: Int64, b: Int64): number {
  return a < b ? -1 : a > b ? 1 : 0
}
