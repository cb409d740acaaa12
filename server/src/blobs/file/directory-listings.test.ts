import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { directoryListings } from './directory-listings.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'listings-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Makes a directory look as if nothing had happened in it for an hour. */
async function makeQuiet(path: string): Promise<void> {
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(path, hourAgo, hourAgo)
}

async function moveIn(name: string): Promise<void> {
  await writeFile(`${directory}.new`, name)
  await rename(`${directory}.new`, join(directory, name))
}

test('a quiet directory is read once, also by many at once', async () => {
  await moveIn('a')
  await makeQuiet(directory)
  const entriesOf = directoryListings()
  const [first, second] = await Promise.all([entriesOf(directory), entriesOf(directory)])
  expect(first).toEqual([{ name: 'a', isDirectory: false, size: 1 }])
  expect(second).toBe(first)
  expect(await entriesOf(directory)).toBe(first)
})

test('every change of its names is seen', async () => {
  await moveIn('a')
  await makeQuiet(directory)
  const entriesOf = directoryListings()
  await entriesOf(directory)
  await moveIn('b')
  expect((await entriesOf(directory)).map(({ name }) => name)).toEqual(['a', 'b'])
  await makeQuiet(directory)
  await entriesOf(directory)
  await rm(join(directory, 'a'))
  await mkdir(join(directory, 'c'))
  expect((await entriesOf(directory)).map(({ name }) => name)).toEqual(['b', 'c'])
})

test('what has just changed is not remembered', async () => {
  await moveIn('a')
  const entriesOf = directoryListings()
  expect(await entriesOf(directory)).not.toBe(await entriesOf(directory))
})

test('a directory that is gone has no entries, nor has its successor those of old', async () => {
  await moveIn('a')
  await makeQuiet(directory)
  const entriesOf = directoryListings()
  await entriesOf(directory)
  await rm(directory, { recursive: true })
  expect(await entriesOf(directory)).toEqual([])
  await mkdir(directory)
  await makeQuiet(directory)
  expect(await entriesOf(directory)).toEqual([])
})

test('a size that another program has changed in place is seen after a moment', async () => {
  await moveIn('a')
  await makeQuiet(directory)
  let clock = 0
  const entriesOf = directoryListings(() => clock)
  expect(await entriesOf(directory)).toEqual([{ name: 'a', isDirectory: false, size: 1 }])
  await appendFile(join(directory, 'a'), 'bcd')
  clock = 2_000
  expect(await entriesOf(directory)).toEqual([{ name: 'a', isDirectory: false, size: 4 }])
})
