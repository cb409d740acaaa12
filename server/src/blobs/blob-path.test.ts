import { describe, expect, test } from 'vitest'
import { blobKey, blobKeyBelow } from './blob-path.ts'

describe('blobKey', () => {
  test.each(['a', 'a/b.txt', '...', 'a/..b', '%2e%2e/x', '模型/é', ' ', 'a\\b', 'C:', '-', '~', `${'é'.repeat(127)}`])(
    'takes %j as it is',
    (text) => {
      expect(blobKey(text)).toBe(text)
    },
  )

  test.each([
    '',
    '.',
    '..',
    '/',
    '/a',
    'a/',
    'a//b',
    './a',
    'a/.',
    'a/..',
    '../a',
    'a/../b',
    'a\0',
    'a\n',
    '\x7f',
    '\ud800',
  ])('refuses %j', (text) => {
    expect(() => blobKey(text)).toThrow(expect.objectContaining({ code: 'invalid-parameter', message: 'Invalid path' }))
  })

  test('refuses names and keys that no file system holds, and says why', () => {
    expect(() => blobKey(`a/${'é'.repeat(128)}`)).toThrow('name longer than 255 bytes')
    expect(() => blobKey('a/'.repeat(2_000).concat('b'))).toThrow('longer than 4000 bytes')
  })
})

describe('blobKeyBelow', () => {
  const root = blobKey('workspaces/1')

  test('stays below its root', () => {
    expect(blobKeyBelow(root, 'a/b')).toBe('workspaces/1/a/b')
    expect(blobKeyBelow(root, '')).toBe(root)
  })

  test.each(['../2/x', '/etc', 'a/../../2', '.'])('refuses %s', (path) => {
    expect(() => blobKeyBelow(root, path)).toThrow('Invalid path')
  })
})
