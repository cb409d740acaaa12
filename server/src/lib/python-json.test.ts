import { expect, test } from 'vitest'
import { parsePythonJson, toPythonJson } from './python-json.ts'

test.each([
  ['{"a":1,"b":[1,2.5,null,true],"c":{}}', '{"a": 1, "b": [1, 2.5, null, true], "c": {}}'],
  [
    '[12345678901234567890, 1.0, 1e5, 1E-7, -0, -0.0, 1e400]',
    '[12345678901234567890, 1.0, 100000.0, 1e-07, 0, -0.0, Infinity]',
  ],
  ['"é\\"\\n😀"', '"\\u00e9\\"\\n\\ud83d\\ude00"'],
  ['[NaN, Infinity, -Infinity, "NaN", "\\" NaN"]', '[NaN, Infinity, -Infinity, "NaN", "\\" NaN"]'],
  ['{"2": 0, "b": 1, "b": 2}', '{"2": 0, "b": 2}'],
])('%s', (given, printed) => {
  expect(toPythonJson(parsePythonJson(given))).toBe(printed)
})

test('refuses what is not JSON', () => {
  for (const text of ['{', '', 'nan', '{NaN: 1}', "{'a': 1}"]) {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError)
  }
})
