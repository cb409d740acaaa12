import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directorySync } from './directory-sync.ts'

test('callers who come while a flush runs share the next one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sync-'))
  const sync = directorySync()
  const first = sync(directory)
  const second = sync(directory)
  expect(second).not.toBe(first)
  expect(sync(directory)).toBe(second)
  await Promise.all([first, second])
  const later = sync(directory)
  expect(later).not.toBe(second)
  await later
  await rm(directory, { recursive: true })
})

test('a directory that is gone has nothing to keep', async () => {
  await expect(directorySync()(join(tmpdir(), 'sync-gone-for-good'))).resolves.toBeUndefined()
})
