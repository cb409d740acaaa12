import { expect, test } from 'vitest'
import { linearPattern } from './linear-pattern.ts'

test.each([
  ['s3://bucket/.*', ['s3://bucket/', 's3://bucket/a/b'], ['xs3://bucket/a', 's3://bucket', 's3://bucket/a\n']],
  [
    '^s3://[a-z-]+/models/\\d{2,3}$',
    ['s3://a-b/models/12', 's3://a/models/123'],
    ['s3://a/models/1', 's3://a/models/1234'],
  ],
  ['(s3|gs)://(?:a|b|)/x?', ['s3://a/', 'gs:///x', 'gs://b/x'], ['s3|gs://a/', 'gs://ab/']],
  ['(ab)*c+?', ['c', 'ababcc'], ['ab', 'abac']],
  ['[^\\]/\\.]+\\.pkl', ['a.pkl', 'ü😀.pkl'], ['a/b.pkl', 'a.b.pkl', 'apkl']],
  ['a{2}|b{1,}|c{0,2}', ['aa', 'b', 'bbb', '', 'cc'], ['a', 'aaa', 'ccc']],
  ['\\w+\\s\\S', ['ab c'], ['ab  ']],
  ['a^b|a$', ['a'], ['ab']],
  ['', [''], ['a']],
])('%s', (pattern, good, bad) => {
  const { matches } = linearPattern(pattern)
  expect(good.filter((text) => !matches(text))).toEqual([])
  expect(bad.filter(matches)).toEqual([])
})

test.each([
  '(',
  ')',
  'a)',
  '[a',
  '[z-a]',
  '[]a]',
  '*',
  'a**',
  'a{2',
  'a{3,1}',
  'a{1001}',
  '(a{1000}){1000}',
  '\\',
  '\\1',
  '\\b',
  '(?=a)',
  '(?i)a',
  '(?P<n>a)',
])('%s is refused', (pattern) => {
  expect(() => linearPattern(pattern)).toThrow(RangeError)
})

test('agrees with the engine of JavaScript', () => {
  const patterns = ['(a|b)*abb', '(a?b)*', 'a*a*b?', '((a|ab)(c|bcd))*', '(a*)*', '(a|)+b', '[ab]{1,3}(c|d)?']
  const texts = ['', 'a', 'b', 'ab', 'abb', 'aabb', 'babb', 'abcd', 'abc', 'acabcd', 'bbbd', 'bbbbd', 'aaab']
  for (const pattern of patterns) {
    const [ours, theirs] = [linearPattern(pattern), new RegExp(`^(?:${pattern})$`)]
    for (const text of texts) expect(ours.matches(text), `${pattern} ${text}`).toBe(theirs.test(text))
  }
})

test('no text makes a pattern slow', () => {
  const { matches } = linearPattern('((a+)+b?)+(.*)*(.*)*x')
  const time = (length: number) => {
    const start = performance.now()
    expect(matches('a'.repeat(length))).toBe(false)
    return performance.now() - start
  }
  time(4_000)
  const short = time(4_000)
  expect(time(32_000)).toBeLessThan(40 * Math.max(short, 2))
})
