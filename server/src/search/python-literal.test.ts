import { describe, expect, test } from 'vitest'
import { type PythonValue, parsePythonLiteral, pythonListRepr, pythonRepr } from './python-literal.ts'

describe('parsePythonLiteral', () => {
  // Expected values are what Python's ast.literal_eval gives.
  test.each<[string, PythonValue]>([
    ["('a')", 'a'],
    ["('a',)", ['a']],
    ['()', []],
    [`('a', "b", )`, ['a', 'b']],
    ["('a' 'b')", 'ab'],
    ["(('a', 'b'))", ['a', 'b']],
    ["('a', ('b',))", ['a', ['b']]],
    [`('''it's''', """a\nb""")`, ["it's", 'a\nb']],
    [String.raw`('it\'s', 'a\\b', '\n\t\x41\101\u00e9\U0001f642\q')`, ["it's", 'a\\b', '\n\tAAé🙂\\q']],
    [String.raw`(r'a\n', R'\'', u'é')`, ['a\\n', "\\'", 'é']],
    ["('a', # note\n'b')", ['a', 'b']],
    ['(1, -2, +3, 007)', [{ number: '1' }, { number: '-2' }, { number: '3' }, { number: '7' }]],
    ['(1.0, .5, 1e3, 1_000)', [{ number: '1.0' }, { number: '0.5' }, { number: '1000.0' }, { number: '1000' }]],
    ['(99999999999999999999)', { number: '99999999999999999999' }],
  ])('%s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value)
  })

  test.each([
    '(a)',
    "('a'",
    "('a',,'b')",
    '(,)',
    "('a' 1)",
    "('a\nb')",
    String.raw`('\x4')`,
    String.raw`('\U00110000')`,
    "(b'a')",
    "('a') 'b'",
    '(1x)',
    "['a']",
    "('a' + 'b')",
  ])('%j is none', (text) => {
    expect(parsePythonLiteral(text)).toBeUndefined()
  })
})

describe('pythonRepr', () => {
  // Expected texts are what Python's repr prints.
  test.each<[PythonValue, string]>([
    ['a', "'a'"],
    ["it's", `"it's"`],
    [`it's "x"`, `'it\\'s "x"'`],
    ['a\n\t\\\u0000\u00a0é🙂\u200b', String.raw`'a\n\t\\\x00\xa0é🙂\u200b'`],
    [['a'], "('a',)"],
    [['a', { number: '1' }], "('a', 1)"],
    [[], '()'],
  ])('%j', (value, text) => {
    expect(pythonRepr(value)).toBe(text)
  })

  test('of a list', () => {
    expect(pythonListRepr(["it's", 'a'])).toBe(`["it's", 'a']`)
  })
})
