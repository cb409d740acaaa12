import { describe, expect, test } from 'vitest'
// What MLflow 3.17.0 makes of a path; null where it refuses it.
import facts from './artifact-path-facts.json' with { type: 'json' }
import { baseName, checkArtifactPath, checkUploadPath, normalArtifactPath } from './artifact-path-rules.ts'

/** What MLflow trims, escapes or rewrites, or stores although some client cannot write it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones.
const peculiar = /^ |[\0-\x1f\x7f\\#\ufffd]|%[01][0-9a-f]|%7f|%5c|%23|%e9|[?;]$|^[a-z][a-z0-9+.-]*:/i

describe('checkArtifactPath', () => {
  test.each((facts as [string, string | null][]).filter(([path]) => !peculiar.test(path)))(
    '%j as MLflow',
    (path, checked) => {
      if (checked !== null) expect(checkArtifactPath(path)).toBe(checked)
      else {
        expect(() => checkArtifactPath(path)).toThrow(
          expect.objectContaining({ code: 'invalid-parameter', message: 'Invalid path' }),
        )
      }
    },
  )

  test('PATH-02 PATH-03 PATH-06 PATH-08 what MLflow rewrites is refused, or stays what it is', () => {
    for (const [path, checked] of (facts as [string, string | null][]).filter(([path]) => peculiar.test(path))) {
      let kept: string | undefined
      try {
        kept = checkArtifactPath(path)
      } catch (error) {
        expect(error, path).toMatchObject({ code: 'invalid-parameter' })
        continue
      }
      expect(checked, path).not.toBeNull()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be left.
      expect(kept, path).not.toMatch(/[\0-\x1f\x7f\\#]/)
      expect(checkArtifactPath(kept), path).toBe(kept)
      expect(kept.split('/'), path).not.toContain('..')
    }
  })

  test('refuses what is encoded more often than it decodes', () => {
    const encoded = (times: number) => `${'%25'.padEnd(1 + 2 * times, '25')}41`
    expect(checkArtifactPath(encoded(8))).toBe('A')
    expect(() => checkArtifactPath(encoded(12))).toThrow('Invalid path')
  })
})

test.each([
  ['a/b', 'a/b'],
  ['a//./b/', 'a/b'],
  ['', ''],
  ['.', ''],
  ['./', ''],
  ['./a', 'a'],
  ['...', '...'],
])('the normal form of %j is %j', (path, normal) => {
  expect(normalArtifactPath(path)).toBe(normal)
})

describe('checkUploadPath', () => {
  test.each([
    ['a.txt', 'a.txt'],
    ['a/b/c.txt', 'a/b/c.txt'],
    ['a//c.txt', 'a/c.txt'],
  ])('%s is stored at %s', (path, stored) => {
    expect(checkUploadPath(path)).toBe(stored)
  })

  test.each([
    ['a//b/c.txt', 'a//b', 'a/b'],
    ['a/./b/c.txt', 'a/./b', 'a/b'],
    ['./c.txt', '.', '.'],
  ])('%s has a folder of two spellings', (path, folder, resolved) => {
    const message =
      `Invalid artifact path: '${folder}'. Names may be treated as files in certain cases, and must not resolve to ` +
      `other names when treated as such. This name would resolve to '${resolved}'`
    expect(() => checkUploadPath(path)).toThrow(expect.objectContaining({ code: 'internal-refusal', message }))
  })

  test.each(['.', 'a/.'])('%s names no file', (path) => {
    expect(() => checkUploadPath(path)).toThrow(expect.objectContaining({ code: 'invalid-parameter' }))
  })
})

test('the base name is what follows the last slash', () => {
  expect(['a', 'a/b.txt', 'a/b/'].map(baseName)).toEqual(['a', 'b.txt', ''])
})
