import { expect, test } from 'vitest'
import { partSize } from './part-sizes.ts'

const gibibyte = 1024 ** 3

test('ten thousand parts hold the greatest object, each within the bounds of a part', () => {
  let total = 0
  for (let part = 1; part <= 10_000; part++) {
    expect(partSize(part)).toBeGreaterThanOrEqual(5 * 1024 ** 2)
    expect(partSize(part)).toBeLessThanOrEqual(5 * gibibyte)
    total += partSize(part)
  }
  expect(total).toBeGreaterThan(5 * 1024 * gibibyte)
})

test('stay small for a long time', () => {
  let total = 0
  let part = 0
  while (total < 100 * gibibyte) total += partSize(++part)
  expect(partSize(part)).toBe(64 * 1024 ** 2)
})
