import { expect, test } from 'vitest'
import { allowsRevision, readIfMatch } from './if-match.ts'

test.each([
  [undefined, undefined],
  ['', undefined],
  ['  ', undefined],
  ['*', '*'],
  ['"7"', ['7']],
  ['7', ['7']],
  ['W/"7"', ['7']],
  ['W/7', ['7']],
  ['"7", W/"8",9', ['7', '8', '9']],
  ['"a,b"', ['a,b']],
])('reads %j', (header, expected) => {
  expect(readIfMatch(header)).toEqual(expected)
})

test('compares exactly', () => {
  expect(allowsRevision('*', 3)).toBe(true)
  expect(allowsRevision(['3'], 3)).toBe(true)
  expect(allowsRevision(['3'], 3n)).toBe(true)
  expect(allowsRevision(['03', '3.0'], 3)).toBe(false)
})
