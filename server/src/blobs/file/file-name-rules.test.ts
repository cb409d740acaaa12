import { expect, test } from 'vitest'
import { blobKey } from '../blob-path.ts'
import { checkFileNames } from './file-name-rules.ts'

test.each([
  'C:/x',
  'a/..\\..\\b',
  'a/b:stream',
  'con',
  'a/NUL.txt',
  'lpt1',
  'a./b',
  'a /b',
  'what?',
  'a*',
  'a|b',
  '"a"',
])('refuses %s on Windows only', (path) => {
  expect(() => checkFileNames(blobKey(path), 'win32')).toThrow('cannot hold')
  expect(() => checkFileNames(blobKey(path), 'linux')).not.toThrow()
})

test.each(['console', 'a/nul2', 'com', 'a.b/c d', '.hidden'])('lets %s pass', (path) => {
  expect(() => checkFileNames(blobKey(path), 'win32')).not.toThrow()
})
