import { expect, test } from 'vitest'
import { asciiJsonString } from './ascii-json.ts'

test('escapes quotes, control characters and everything beyond ASCII', () => {
  expect(asciiJsonString('a"b\\c\n\u0001\u007f')).toBe('"a\\"b\\\\c\\n\\u0001\\u007f"')
  expect(asciiJsonString('é€😀')).toBe('"\\u00e9\\u20ac\\ud83d\\ude00"')
})
