import { expect, test } from 'vitest'
import { markdownTable, number } from './format.ts'

test.each([
  [12_345.6, '12,346'],
  [99.94, '99.9'],
  [2.34567, '2.35'],
  [0.0123, '0.012'],
  [0, '0.0'],
  [Number.NaN, '–'],
  [undefined, '–'],
])('%d is written %s', (value, text) => {
  expect(number(value)).toBe(text)
})

test('a table lines up and has one rule', () => {
  expect(
    markdownTable(
      ['Work', '/s'],
      [
        ['get-run', '12,345'],
        ['x', '1'],
      ],
    ).split('\n'),
  ).toEqual(['| Work    |     /s |', '|---------|-------:|', '| get-run | 12,345 |', '| x       |      1 |'])
})
