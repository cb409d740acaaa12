import { expect, test } from 'vitest'
import { newRunId } from './new-run-id.ts'
import { runNumber } from './run-number.ts'

test('is 32 hex digits that start with the time', () => {
  const now = 1_700_000_000_123
  const id = newRunId(now)
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(BigInt(`0x${id.slice(0, 16)}`) >> 22n).toBe(BigInt(now))
  expect(BigInt(`0x${newRunId(2 ** 42 - 1).slice(0, 16)}`) >> 22n).toBe(2n ** 42n - 1n)
})

test('sorts by time, as do the numbers under which runs are stored', () => {
  const ids = [1, 1023, 1024, 1025, 2 ** 32, 2 ** 41].map(newRunId)
  expect(ids.toSorted()).toEqual(ids)
  const numbers = ids.map((id) => BigInt(runNumber(id) ?? -1))
  expect(numbers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(numbers)
})

test('gives every run of a millisecond its own number', () => {
  const numbers = new Set(Array.from({ length: 20_000 }, () => runNumber(newRunId(1_700_000_000_000))))
  expect(numbers.size).toBe(20_000)
})
