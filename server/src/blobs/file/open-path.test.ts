import { mkdir, mkdtemp, open, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isOpenAt } from './open-path.ts'

let directory: string

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'open-path-')))
  await mkdir(join(directory, 'folder'))
  await writeFile(join(directory, 'folder', 'file'), 'x')
  await symlink(join(directory, 'folder'), join(directory, 'link'))
})
afterEach(() => rm(directory, { recursive: true }))

describe.each([
  ['as the system finds it', undefined],
  ['where /proc is not mounted', join(tmpdir(), 'not', 'mounted')],
])('the path of an open file, %s', (_what, links) => {
  test.each([
    ['folder/file', true],
    ['link/file', false],
  ])('%s: %s', async (path, expected) => {
    await using handle = await open(join(directory, path))
    expect(await isOpenAt(handle.fd, join(directory, path), links)).toBe(expected)
  })
})
