import { expect, test } from 'vitest'
import { pythonStringRepr } from './python-repr.ts'

test.each([
  ['plain', "'plain'"],
  ["it's", '"it\'s"'],
  ['both \' and "', "'both \\' and \"'"],
  ['a\\b\n\r\t', "'a\\\\b\\n\\r\\t'"],
  ['\u0000\u007f\u00a0\u00ad', "'\\x00\\x7f\\xa0\\xad'"],
  ['\u200b\u2028é漢', "'\\u200b\\u2028é漢'"],
  ['🙂\u{e0001}', "'🙂\\U000e0001'"],
  ['\ud800', "'\\ud800'"],
])('%j prints as %s', (text, printed) => {
  expect(pythonStringRepr(text)).toBe(printed)
})
