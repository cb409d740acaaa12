import { expect, test } from 'vitest'
import { pageSize } from './run-search-rules.ts'

test('a page holds 1 to 50,000 runs, 1,000 when nothing is said', () => {
  expect([pageSize(), pageSize(undefined), pageSize(1), pageSize(50_000)]).toEqual([1000, 1000, 1, 50_000])
  expect(() => pageSize(50_001)).toThrow(
    "Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of type 'int'. " +
      'See the API docs for more information about request parameters.',
  )
  for (const size of [0, -1]) {
    expect(() => pageSize(size)).toThrow(
      new RegExp(`^Invalid value ${size} for parameter 'max_results' supplied\\. It must be a positive integer$`),
    )
  }
})
