import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { blobKey } from '../blob-path.ts'
import type { BlobStore } from '../blob-store.ts'
import { bytesOf, sourceOf } from '../testing/blob-content.ts'
import { describeBlobStore } from '../testing/blob-store-suite.ts'
import { openFileBlobStore } from './file-blob-store.ts'

let parent: string
let root: string
let store: BlobStore

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'blobs-')))
  root = join(parent, 'root')
  store = await openFileBlobStore(root)
})
afterEach(() => rm(parent, { recursive: true, force: true }))

const put = (path: string, content = 'x') => store.put(blobKey(path), sourceOf(content))
const staged = () => readdir(join(root, '.runstead'))

async function contentOf(path: string, from = store): Promise<string | undefined> {
  const blob = await from.open(blobKey(path))
  return blob === undefined ? undefined : (await bytesOf(blob)).toString()
}

describe('the file store as a blob store', () => {
  describeBlobStore(async () => ({ store, [Symbol.asyncDispose]: async () => {} }), {
    etagOfContent: false,
    heldByUpload: 16 * 1024 * 1024,
  })
})

describe('files', () => {
  test('lie below the directory as they are named', async () => {
    await put('t/a b/é.txt', 'content')
    expect(await readFile(join(root, 't/a b/é.txt'), 'utf8')).toBe('content')
    expect(store.location).toBe(root)
  })

  test('of any length are read through two buffers', async () => {
    await store.put(blobKey('t/long'), sourceOf(Buffer.alloc(8 * 1024 * 1024)))
    const blob = await store.open(blobKey('t/long'))
    const memory = new Set<ArrayBufferLike>()
    for await (const chunk of await blob!.chunks()) memory.add(chunk.buffer)
    expect(memory.size).toBe(2)
  })

  test('are there after a restart', async () => {
    await put('t/blob', 'content')
    const stat = await store.head(blobKey('t/blob'))
    const again = await openFileBlobStore(root)
    expect(await contentOf('t/blob', again)).toBe('content')
    expect(await again.head(blobKey('t/blob'))).toEqual(stat)
  })

  test('never become folders, nor folders files', async () => {
    await put('t/folder/blob')
    await expect(put('t/folder')).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: 'Path refers to a directory, not a file',
    })
    await expect(put('t/folder/blob/below/it')).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: 'A part of the path is a file, not a directory',
    })
    expect(await contentOf('t/folder/blob')).toBe('x')
    expect(await staged()).toEqual([])
  })

  test.each(['t/folder', 't/folder/blob/below'])('at %s are refused before their bytes are taken', async (path) => {
    await put('t/folder/blob')
    let taken = 0
    async function* source() {
      for (;;) {
        taken++
        yield Buffer.alloc(1_000)
      }
    }
    await expect(store.put(blobKey(path), source())).rejects.toMatchObject({ code: 'invalid-parameter' })
    expect(taken).toBe(0)
  })

  test('are refused when the whole path is too long for the system', async () => {
    const deep = await openFileBlobStore(join(root, 'r'.repeat(250)))
    const path = blobKey(`t/${'long/'.repeat(790)}x`)
    await expect(deep.put(path, sourceOf('x'))).rejects.toMatchObject({ code: 'invalid-parameter' })
    expect(await deep.open(path)).toBeUndefined()
    expect(await deep.head(path)).toBeUndefined()
    expect(await readdir(deep.location)).toEqual(['.runstead'])
  })

  test('of a broken upload leave neither a part nor a folder', async () => {
    const source = new PassThrough()
    source.write(Buffer.alloc(100_000))
    const upload = store.put(blobKey('t/new/blob'), source)
    upload.catch(() => {})
    while ((await staged()).length === 0);
    source.destroy(new Error('connection lost'))
    await expect(upload).rejects.toThrow('connection lost')
    expect(await staged()).toEqual([])
    expect(await readdir(root)).toEqual(['.runstead'])
  })
})

describe('symbolic links', () => {
  let outside: string

  beforeEach(async () => {
    outside = join(parent, 'outside')
    await mkdir(join(outside, 'sub'), { recursive: true })
    await writeFile(join(outside, 'secret'), 'secret')
    await put('t/blob')
  })

  test('to the store itself are fine', async () => {
    await symlink(root, join(parent, 'link'))
    const linked = await openFileBlobStore(join(parent, 'link'))
    expect(await contentOf('t/blob', linked)).toBe('x')
  })

  test('to a file are neither read nor shown, and a put replaces the link', async () => {
    await symlink(join(outside, 'secret'), join(root, 't/link'))
    expect(await store.open(blobKey('t/link'))).toBeUndefined()
    expect(await store.head(blobKey('t/link'))).toBeUndefined()
    expect((await store.list(blobKey('t'))).entries.map((entry) => entry.name)).toEqual(['blob'])
    await put('t/link', 'mine')
    expect(await contentOf('t/link')).toBe('mine')
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret')
  })

  test.each(['t/link', 't/inner/link'])('to a folder at %s lead nowhere', async (link) => {
    await mkdir(join(root, 't/inner'), { recursive: true })
    await symlink(outside, join(root, link))
    expect(await store.open(blobKey(`${link}/secret`))).toBeUndefined()
    expect(await store.head(blobKey(`${link}/secret`))).toBeUndefined()
    expect(await store.head(blobKey(link))).toBeUndefined()
    expect(await store.list(blobKey(link))).toEqual({ entries: [] })
    expect(await store.list(blobKey(`${link}/sub`))).toEqual({ entries: [] })
    for (const path of ['new', 'sub/new', 'sub/deeper/new', 'secret']) {
      await expect(put(`${link}/${path}`)).rejects.toMatchObject({ code: 'invalid-parameter', message: 'Invalid path' })
    }
    await store.remove(blobKey(`${link}/secret`))
    expect((await readdir(outside)).sort()).toEqual(['secret', 'sub'])
    expect(await readdir(join(outside, 'sub'))).toEqual([])
    expect(await staged()).toEqual([])
  })

  test('are removed themselves, not what they point to', async () => {
    await symlink(outside, join(root, 't/link'))
    await store.remove(blobKey('t/link'))
    await store.remove(blobKey('t'))
    expect(await readdir(root)).toEqual(['.runstead'])
    expect((await readdir(outside)).sort()).toEqual(['secret', 'sub'])
  })

  test('that point nowhere are nothing', async () => {
    await symlink(join(parent, 'nowhere'), join(root, 't/link'))
    expect(await store.open(blobKey('t/link'))).toBeUndefined()
    await expect(put('t/link/below')).rejects.toMatchObject({ code: 'invalid-parameter' })
  })
})

test.skipIf(process.platform === 'win32')('a named pipe is no blob and keeps nobody waiting', async () => {
  await put('t/blob')
  execFileSync('mkfifo', [join(root, 't/pipe')])
  expect(await store.open(blobKey('t/pipe'))).toBeUndefined()
  expect(await store.head(blobKey('t/pipe'))).toBeUndefined()
  expect((await store.list(blobKey('t'))).entries).toHaveLength(1)
})

describe('the staging area', () => {
  const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')

  test('cannot be reached by a key', async () => {
    for (const path of ['.runstead', '.runstead/x']) {
      await expect(put(path)).rejects.toMatchObject({ code: 'invalid-parameter' })
      await expect(store.open(blobKey(path))).rejects.toMatchObject({ code: 'invalid-parameter' })
      await expect(store.remove(blobKey(path))).rejects.toMatchObject({ code: 'invalid-parameter' })
    }
  })

  test('is rid of what a killed process left, and of what nobody has touched for a day', async () => {
    // The process of a command that has ended lives no more.
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
    const area = join(root, '.runstead')
    await writeFile(join(area, `${host}.${dead}.abc.1`), 'part')
    await mkdir(join(area, `${host}.${dead}.abc.2/sub`), { recursive: true })
    await writeFile(join(area, `${host}.${process.pid}.earlier.3`), 'part')
    await writeFile(join(area, `${host}.${process.ppid}.abc.4`), 'lives')
    await writeFile(join(area, 'elsewhere.1.abc.5'), 'may live')
    await writeFile(join(area, 'elsewhere.1.abc.6'), 'part')
    await utimes(join(area, 'elsewhere.1.abc.6'), old, old)
    await openFileBlobStore(root)
    expect((await staged()).sort()).toEqual([`${host}.${process.ppid}.abc.4`, 'elsewhere.1.abc.5'].sort())
  })

  test('keeps the running uploads of this process', async () => {
    const source = new PassThrough()
    const upload = store.put(blobKey('t/blob'), source)
    while ((await staged()).length === 0);
    await openFileBlobStore(root)
    source.end('whole')
    await once(source, 'end')
    await upload
    expect(await contentOf('t/blob')).toBe('whole')
  })
})
