import { expect, test } from 'vitest'
import { splitShellWords } from './shell-words.ts'

// Expected words are what Python's shlex.split gives.
test.each<[string, string[]]>([
  ['', []],
  ['a b', ['a', 'b']],
  [' a\t\nb ', ['a', 'b']],
  ['metrics."a b" DESC', ['metrics.a b', 'DESC']],
  [`'it''s' "it's"`, ['its', "it's"]],
  ['""', ['']],
  ['a\\ b', ['a b']],
  ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
  ["'a\\b'", ['a\\b']],
])('%j', (text, words) => {
  expect(splitShellWords(text)).toEqual(words)
})

test.each(['"open', "it's", 'ends with \\', '"\\"'])('%j is not closed', (text) => {
  expect(splitShellWords(text)).toBeUndefined()
})
