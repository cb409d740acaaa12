import { expect, test } from 'vitest'
import { parseExactJson, stringifyExactJson } from './exact-json.ts'

test.each([
  ['{"step": 9223372036854775807}', { step: 9223372036854775807n }],
  ['[-9223372036854775808]', [-9223372036854775808n]],
  ['{"a":9007199254740993,"b":1.0000000000000001}', { a: 9007199254740993n, b: 1 }],
  ['{"a": 0.12345678901234566}', { a: 0.12345678901234566 }],
  ['{"a": "9223372036854775807"}', { a: '9223372036854775807' }],
  ['{"a": 1, "a": 2}', { a: 2 }],
])('reads %s exactly', (text, value) => {
  expect(parseExactJson(text)).toEqual(value)
})

test('writes bigints as numbers and strings as JSON', () => {
  expect(stringifyExactJson({ a: 9223372036854775807n, b: ['x"', null, true], c: undefined })).toBe(
    '{"a":9223372036854775807,"b":["x\\"",null,true]}',
  )
})
