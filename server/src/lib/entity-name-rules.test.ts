import { describe, expect, test } from 'vitest'
import { cutToLength, invalidValue, lengthProblem, nameProblem } from './entity-name-rules.ts'

describe('names of metrics, params and tags', () => {
  test.each(['loss', 'val/loss', 'a b', 'A-1_2.3:4', 'précision', '損失', '٣', '.hidden', 'a/..b', 'a...', 'loss\n'])(
    'takes %j',
    (name) => {
      expect(nameProblem('key', name)).toBeUndefined()
    },
  )

  test.each(['a$b', 'a\tb', 'a\\b', 'a\nb', 'loss\n\n', '😀', 'e\u0301', 'a"b', 'a\u00a0b'])(
    'refuses the characters of %j',
    (name) => {
      expect(nameProblem('key', name)).toMatch(/Names may only contain alphanumerics, .* and slashes \(\/\)\.$/)
    },
  )

  test('shows the value as ASCII JSON, and the field', () => {
    expect(nameProblem('metrics[0].name', 'é$')).toBe(
      'Invalid value "\\u00e9$" for parameter \'metrics[0].name\' supplied: Names may only contain alphanumerics, ' +
        'underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    )
  })

  test.each([
    ['/a', '/a'],
    ['//a', '//a'],
    ['///a', '/a'],
    ['a/', 'a'],
    ['a//b', 'a/b'],
    ['./a', 'a'],
    ['a/./b', 'a/b'],
    ['a/../b', 'b'],
    ['a/..', '.'],
    ['.', '.'],
    ['', '.'],
    ['..', '..'],
    ['../a', '../a'],
    ['../../a', '../../a'],
    ['/..', '/'],
    ['..a', '..a'],
  ])('refuses %j, which would resolve to %j', (name, normal) => {
    expect(nameProblem('key', name)).toMatch(
      new RegExp(`must not resolve to other names when treated as such\\. This name would resolve to '${normal}'$`),
    )
  })
})

describe('lengths count characters, not UTF-16 units', () => {
  test('at and over the limit', () => {
    expect(lengthProblem('key', 'x'.repeat(250), 250)).toBeUndefined()
    expect(lengthProblem('key', '😀'.repeat(250), 250)).toBeUndefined()
    expect(lengthProblem('Param key', 'x'.repeat(251), 250)).toBe(
      "'Param key' exceeds the maximum length of 250 characters",
    )
    expect(lengthProblem('key', '😀'.repeat(251), 250)).toBeDefined()
  })

  test('cuts between characters', () => {
    expect(cutToLength('abc', 3)).toBe('abc')
    expect(cutToLength('abcd', 3)).toBe('abc')
    expect(cutToLength('a😀b😀c', 4)).toBe('a😀b😀')
    expect(cutToLength('😀😀', 2)).toBe('😀😀')
  })
})

test('a rule may be left out of the text', () => {
  expect(invalidValue('run_id', 'a/b')).toBe('Invalid value "a/b" for parameter \'run_id\' supplied.')
})
