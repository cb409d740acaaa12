import { describe, expect, test } from 'vitest'
import { median, numberLog, percentile } from './statistics.ts'

describe('median', () => {
  test('is the middle of an odd count, whatever the order', () => {
    expect(median([9, 1, 10])).toBe(9)
  })

  test('is the mean of the two middle values of an even count', () => {
    expect(median([4, 1, 3, 10])).toBe(3.5)
  })

  test('is NaN without values and leaves its argument as it was', () => {
    expect(median([])).toBeNaN()
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1)

  test.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('%d of 1…100 is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected)
  })

  test('of one value is that value, of none NaN', () => {
    expect(percentile([7], 0.99)).toBe(7)
    expect(percentile([], 0.5)).toBeNaN()
  })
})

test('numberLog keeps every value over its growth and sorts numerically', () => {
  const log = numberLog()
  for (let i = 10_000; i > 0; i--) log.add(i)
  const sorted = log.sorted()
  expect(sorted).toHaveLength(10_000)
  expect([sorted[0], sorted[1], sorted[9_999]]).toEqual([1, 2, 10_000])
})
