import { describe, expect, test } from 'vitest'
import { hostRule, readAuthority, readOrigin } from './host-rules.ts'

describe('readAuthority', () => {
  test.each([
    ['localhost', 'localhost', ''],
    ['LocalHost:5000', 'localhost', '5000'],
    ['[0:0::1]:80', '[::1]', '80'],
    ['10.0.0.1', '10.0.0.1', ''],
  ])('%s', (text, host, port) => {
    expect(readAuthority(text)).toEqual({ host, port })
  })

  test.each([
    '',
    ' ',
    'a b',
    'localhost.',
    'user@localhost',
    'localhost:',
    'localhost:x',
    '[::1',
    '[zz]',
    'a/b',
    'a,b',
    'a\\b',
    '..',
    'ä',
  ])('%j is none', (text) => {
    expect(readAuthority(text)).toBeUndefined()
  })
})

describe('readOrigin', () => {
  test.each([
    ['http://localhost', 'http://localhost'],
    ['http://LOCALHOST:80', 'http://localhost'],
    ['https://a.example:443', 'https://a.example'],
    ['https://a.example:80', 'https://a.example:80'],
  ])('%s', (text, origin) => {
    expect(readOrigin(text)?.origin).toBe(origin)
  })

  test.each([
    'null',
    '',
    'file://',
    'ftp://a',
    'http://a/',
    'http://a@b',
    'http://a?b',
    'http://a#b',
    'http:a',
    'http://a.',
  ])('%j is none', (text) => {
    expect(readOrigin(text)).toBeUndefined()
  })
})

describe('hostRule', () => {
  const matches = (entry: string, host: string): boolean => {
    const authority = readAuthority(host)
    return authority !== undefined && hostRule(entry)(authority)
  }

  test.each([
    ['*', 'anything.example:1', true],
    ['a.example', 'A.example:99', true],
    ['a.example', 'b.a.example', false],
    ['a.example', 'a.example.evil', false],
    ['a.example:80', 'a.example:80', true],
    ['a.example:80', 'a.example:81', false],
    ['localhost:*', 'localhost:81', true],
    ['*.a.example', 'b.a.example', true],
    ['*.a.example', 'a.example', false],
    ['*.a.example', 'c.b.a.example', false],
    ['192.168.*', '192.168.7.9:5000', true],
    ['192.168.*', '192.168.evil.example', false],
    ['192.168.*', '192.169.0.1', false],
    ['10.*', '10.evil.example', false],
    ['172.16.0.0/12', '172.31.255.255', true],
    ['172.16.0.0/12', '172.32.0.1', false],
    ['172.16.0.0/12', '172.16.1', false],
    ['fc00::/7', '[fd00::1]:80', true],
    ['fc00::/7', '[2001:db8::1]', false],
    ['::1', '[::1]', true],
  ])('%s and %s: %s', (entry, host, expected) => {
    expect(matches(entry, host)).toBe(expected)
  })

  test.each(['a*.example', 'a.*', '*.*.example', '*example', '10.0.0.0/33', 'a b', '', '*.', 'a.example.'])(
    '%j is refused',
    (entry) => {
      expect(() => hostRule(entry)).toThrow(RangeError)
    },
  )
})
