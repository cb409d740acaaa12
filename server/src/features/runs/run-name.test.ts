import { expect, test } from 'vitest'
import { randomRunName } from './run-name.ts'

test('is an adjective, an animal and a number in at most 20 characters', () => {
  const names = Array.from({ length: 5000 }, randomRunName)
  for (const name of names) expect(name).toMatch(/^(?=.{1,20}$)[a-z]+-[a-z]+-\d{1,4}$/)
  expect(new Set(names).size).toBeGreaterThan(4900)
})
