import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobKey } from './blob-path.ts'
import type { BlobStore } from './blob-store.ts'
import { openFileBlobStore } from './file/file-blob-store.ts'
import { namedBlobStores } from './named-blob-stores.ts'
import { openS3BlobStore } from './s3/s3-blob-store.ts'
import { bytesOf, sourceOf } from './testing/blob-content.ts'

let directory: string
let main: BlobStore
let cold: BlobStore
let stores: BlobStore

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'named-'))
  main = await openFileBlobStore(join(directory, 'main'))
  cold = await openFileBlobStore(join(directory, 'cold'))
  stores = namedBlobStores(main, new Map([['cold', cold]]))
})
afterEach(() => rm(directory, { recursive: true }))

const put = (path: string, content: string) => stores.put(blobKey(path), sourceOf(content))

test('a name in front leads to its store, in the same workspace', async () => {
  await put('workspaces/7/@cold/f/a', 'cold')
  await put('workspaces/7/f/b', 'main')
  expect(await cold.head(blobKey('workspaces/7/f/a'))).toMatchObject({ kind: 'file', size: 4 })
  expect(await main.head(blobKey('workspaces/7/f/a'))).toBeUndefined()
  expect(await main.head(blobKey('workspaces/7/f/b'))).toMatchObject({ kind: 'file' })
  expect((await bytesOf((await stores.open(blobKey('workspaces/7/@cold/f/a')))!)).toString()).toBe('cold')
  expect(await stores.head(blobKey('workspaces/7/@cold/f'))).toEqual({ kind: 'directory' })
  expect((await stores.list(blobKey('workspaces/7/@cold'))).entries.map(({ name }) => name)).toEqual(['f'])
  await stores.remove(blobKey('workspaces/7/@cold/f'))
  expect(await cold.head(blobKey('workspaces/7/f'))).toBeUndefined()
  expect(await main.head(blobKey('workspaces/7/f/b'))).toMatchObject({ kind: 'file' })
})

test('only the first name in a workspace names a store, and only one that is there', async () => {
  await put('workspaces/7/f/@cold', 'main')
  expect(await main.head(blobKey('workspaces/7/f/@cold'))).toMatchObject({ kind: 'file' })
  for (const key of ['workspaces/7/@other/x', 'workspaces/7/@/x', 'workspaces/7/@other'])
    await expect(stores.head(blobKey(key))).rejects.toThrow('has no artifact store named')
})

test('locations belong to the innermost store that they lie in', async () => {
  const s3 = (prefix: string) =>
    openS3BlobStore({ bucket: 'bucket', prefix, region: 'us-east-1', pathStyle: false, direct: true })
  const named = new Map([
    ['wide', await s3('')],
    ['deep', await s3('a/b')],
  ])
  const all = namedBlobStores(await s3('a'), named)
  const cases: [string, string | undefined][] = [
    ['s3://bucket/a/x/y', 'x/y'],
    ['s3://bucket/a', ''],
    ['s3://bucket/a/b/x', '@deep/x'],
    ['s3://bucket/a/b', '@deep'],
    ['s3://bucket/ab/x', '@wide/ab/x'],
    ['s3://bucket', '@wide'],
    ['s3://bucket2/x', undefined],
    [join(directory, 'main'), undefined],
  ]
  for (const [location, path] of cases) expect(all.pathOf(location), location).toBe(path)
  expect(all.directFor(blobKey('workspaces/1/@deep/x'))).toBeDefined()
  expect(stores.directFor(blobKey('workspaces/1/@cold/x'))).toBeUndefined()
})

test('presigned requests are for the key in the named store', async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'id'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret'
  const deep = await openS3BlobStore({ bucket: 'bucket', prefix: 'p', region: 'eu-1', pathStyle: false, direct: true })
  const key = blobKey('workspaces/1/@deep/x y')
  const { url } =
    (await namedBlobStores(main, new Map([['deep', deep]]))
      .directFor(key)
      ?.presignGet(key, 60)) ?? {}
  expect(url).toMatch(/^https:\/\/bucket\.s3\.eu-1\.amazonaws\.com\/p\/workspaces\/1\/x%20y\?/)
})
