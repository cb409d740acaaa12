import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from '../../testing/random.ts'
import { type BlobKey, blobKey } from '../blob-path.ts'
import type { BlobStat, BlobStore } from '../blob-store.ts'
import { bytesOf, patternBytes, sourceOf } from './blob-content.ts'
import { applyToModel, type BlobModel, modelView, randomStep, storeView } from './blob-model.ts'
import { memoryWatch } from './held-memory.ts'

/** A fresh, empty store, and how to be rid of it. */
export interface TestBlobStore extends AsyncDisposable {
  readonly store: BlobStore
}

/** Where stores may differ. */
export interface BlobStoreTraits {
  /** The etag tells the bytes: the same ones written again may have the same. */
  readonly etagOfContent: boolean
  /** Bytes that one upload holds in memory at most. */
  readonly heldByUpload: number
}

const mebibyte = 1024 * 1024

/** What every `BlobStore` has to show. Call it in the test file of an implementation. */
export function describeBlobStore(openStore: () => Promise<TestBlobStore>, traits: BlobStoreTraits): void {
  let opened: TestBlobStore
  let store: BlobStore

  beforeEach(async () => {
    opened = await openStore()
    store = opened.store
  })
  afterEach(() => opened[Symbol.asyncDispose]())

  const key = (path: string): BlobKey => blobKey(`t/${path}`)
  const put = (path: string, content: string | Uint8Array) => store.put(key(path), sourceOf(content))
  async function statOf(path: string): Promise<BlobStat> {
    const head = await store.head(key(path))
    if (head?.kind !== 'file') throw new Error(`no blob at ${path}`)
    const { size, etag, lastModified } = head
    return { size, etag, lastModified }
  }

  const names = async (path: string) => (await store.list(key(path))).entries.map((entry) => entry.name)

  async function contentOf(path: string): Promise<string | undefined> {
    const blob = await store.open(key(path))
    return blob === undefined ? undefined : (await bytesOf(blob)).toString()
  }

  describe('put and open', () => {
    test.each([0, 1, 65_536, 3 * mebibyte + 17])('gives back %i bytes as they came', async (length) => {
      const content = patternBytes(length)
      await put('a/blob', content)
      const stat = await statOf('a/blob')
      const blob = await store.open(key('a/blob'))
      expect(stat.size).toBe(length)
      expect(blob).toMatchObject({ size: length, etag: stat.etag, lastModified: stat.lastModified })
      expect((await bytesOf(blob!)).equals(content)).toBe(true)
    })

    test.each([
      'ünïcödé/模型/😀.bin',
      'with space/and  two.txt',
      '%2e%2e/%2Fetc',
      '...',
      '.hidden/.x',
      'a+b&c=d;e,f!g~h@i#j$k',
      `${'n'.repeat(251)}.txt`,
      Array.from({ length: 60 }, (_, depth) => `d${depth}`).join('/'),
    ])('takes the name %s literally', async (path) => {
      await put(path, 'content')
      expect(await contentOf(path)).toBe('content')
    })

    test('keeps apart names that differ in unicode form only', async () => {
      await put('caf\u00e9', 'composed')
      await put('cafe\u0301', 'decomposed')
      expect([await contentOf('caf\u00e9'), await contentOf('cafe\u0301')]).toEqual(['composed', 'decomposed'])
    })

    test('finds neither a missing key nor a folder nor a name below a blob', async () => {
      await put('folder/blob', 'x')
      expect(await store.open(key('missing'))).toBeUndefined()
      expect(await store.open(key('folder'))).toBeUndefined()
      expect(await store.open(key('folder/blob/below'))).toBeUndefined()
    })

    test('replaces a blob, with another etag for other content', async () => {
      const etags = new Set<string>()
      const contents = traits.etagOfContent ? ['one', 'two', 'three', 'four'] : ['same', 'same', 'other', 'same']
      for (const content of contents) {
        await put('blob', content)
        etags.add((await statOf('blob')).etag)
        expect(await contentOf('blob')).toBe(content)
      }
      expect(etags.size).toBe(4)
    })

    test('shows a strong etag in quotes and the time of the write', async () => {
      const before = Date.now()
      await put('blob', 'x')
      const stat = await statOf('blob')
      expect(stat.etag).toMatch(/^"[!#-~]+"$/)
      // Stores may keep whole seconds, and clocks of file systems tick slowly.
      expect(stat.lastModified.getTime()).toBeGreaterThan(before - 2_000)
      expect(stat.lastModified.getTime()).toBeLessThan(Date.now() + 2_000)
    })

    test('an open blob that is overwritten keeps what it was opened with, or fails', async () => {
      const content = patternBytes(2 * mebibyte)
      await put('blob', content)
      const blob = await store.open(key('blob'))
      await put('blob', 'new')
      const read = await bytesOf(blob!).catch(() => 'refused')
      expect(read === 'refused' || content.equals(read as Buffer)).toBe(true)
    })
  })

  describe('head', () => {
    test('tells a blob, a folder and nothing apart', async () => {
      await put('folder/blob', 'four')
      expect(await store.head(key('folder/blob'))).toMatchObject({ kind: 'file', size: 4 })
      expect(await store.head(key('folder'))).toEqual({ kind: 'directory' })
      expect(await store.head(key('fold'))).toBeUndefined()
      expect(await store.head(key('folder/blob/below'))).toBeUndefined()
    })
  })

  describe('a broken upload', () => {
    async function* failing(bytes: number): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < bytes; sent += 65_536) yield Buffer.alloc(65_536, 1)
      throw new Error('connection lost')
    }

    test.each([0, 65_536, 4 * mebibyte])('leaves nothing after %i bytes', async (bytes) => {
      await expect(store.put(key('new/folder/blob'), failing(bytes))).rejects.toThrow('connection lost')
      expect(await store.head(key('new/folder/blob'))).toBeUndefined()
      expect(await store.list(key('new'))).toEqual({ entries: [] })
    })

    test('leaves the blob that was there before', async () => {
      await put('blob', 'old')
      const stat = await statOf('blob')
      await expect(store.put(key('blob'), failing(mebibyte))).rejects.toThrow('connection lost')
      expect(await statOf('blob')).toEqual(stat)
      expect(await contentOf('blob')).toBe('old')
    })
  })

  describe('ranges', () => {
    const content = patternBytes(mebibyte + 3)
    const last = content.length - 1

    test.each([
      [0, 0],
      [last, last],
      [0, last],
      [65_535, 65_536],
      [524_287, 524_289],
      [1, last - 1],
    ])('reads bytes %i to %i', async (start, end) => {
      await put('blob', content)
      const part = await bytesOf((await store.open(key('blob')))!, { start, end })
      expect(part.equals(content.subarray(start, end + 1))).toBe(true)
    })

    test('reads any part', async () => {
      await put('blob', content)
      const random = createRandom(7)
      for (let round = 0; round < 25; round++) {
        const start = random.integer(0, last)
        const end = random.integer(start, last)
        const part = await bytesOf((await store.open(key('blob')))!, { start, end })
        expect(part.equals(content.subarray(start, end + 1)), `${start}-${end}`).toBe(true)
      }
    })

    test('gives a part at once as well', async () => {
      await put('blob', content)
      const blob = await store.open(key('blob'))
      expect((await blob!.bytes({ start: 5, end: 70_000 })).equals(content.subarray(5, 70_001))).toBe(true)
      expect((await (await store.open(key('blob')))!.bytes()).equals(content)).toBe(true)
      await put('empty', '')
      expect(await (await store.open(key('empty')))!.bytes()).toHaveLength(0)
    })

    test('a blob that was opened for nothing can be released', async () => {
      await put('blob', content)
      for (let round = 0; round < 50; round++) {
        await using blob = await store.open(key('blob'))
        expect(blob?.size).toBe(content.length)
      }
    })
  })

  describe('list', () => {
    test('shows one level: blobs with their sizes, and folders', async () => {
      await put('run/model/MLmodel', 'm')
      await put('run/empty', '')
      await put('run/a.txt', 'four')
      await put('run2/other', 'x')
      await put('run.txt', 'x')
      expect(await store.list(key('run'))).toEqual({
        entries: [
          { name: 'a.txt', isDirectory: false, size: 4 },
          { name: 'empty', isDirectory: false, size: 0 },
          { name: 'model', isDirectory: true, size: 0 },
        ],
      })
    })

    test('is empty for a missing folder and for a blob', async () => {
      await put('blob', 'x')
      expect(await store.list(key('missing'))).toEqual({ entries: [] })
      expect(await store.list(key('blob'))).toEqual({ entries: [] })
    })

    test('orders by code point', async () => {
      const sorted = [
        '!',
        '-',
        '.x',
        '0',
        '10',
        '9',
        'A',
        'Z',
        '_',
        'a',
        'a-b',
        'a.b',
        'ab',
        '~',
        'é',
        '模',
        '\uff5e',
        '😀',
      ]
      for (const name of sorted.toReversed()) await put(`folder/${name}`, 'x')
      expect(await names('folder')).toEqual(sorted)
    })

    test('gives every entry once over more than a hundred pages', async () => {
      const random = createRandom(3)
      const all = Array.from({ length: 305 }, (_, index) => `${random.integer(0, 999_999)}-${index}`)
      await Promise.all(all.map((name, index) => put(`f/${index % 3 === 0 ? `${name}/below` : name}`, 'x')))
      const seen: string[] = []
      let pages = 0
      let after: string | undefined
      do {
        const page = await store.list(key('f'), { limit: 3, ...(after === undefined ? {} : { after }) })
        expect(page.entries.length).toBeLessThanOrEqual(3)
        seen.push(...page.entries.map((entry) => entry.name))
        after = page.next
        pages++
      } while (after !== undefined)
      expect(pages).toBe(102)
      expect(seen).toEqual(all.toSorted())
    })

    test('says that there is no further page when the last one is full', async () => {
      await put('f/a', 'x')
      await put('f/b', 'x')
      expect(await store.list(key('f'), { limit: 2 })).not.toHaveProperty('next')
      expect(await store.list(key('f'), { limit: 1 })).toMatchObject({ next: 'a' })
      expect(await store.list(key('f'), { limit: 2, after: 'b' })).toEqual({ entries: [] })
      expect((await store.list(key('f'), { after: 'aa' })).entries).toMatchObject([{ name: 'b' }])
    })

    test('shows every change at once, however often it is asked', async () => {
      const expected: string[] = []
      for (let round = 0; round < 30; round++) {
        await put(`f/${round}`, 'x'.repeat(round))
        expected.push(String(round))
        if (round % 3 === 2) await store.remove(key(`f/${expected.shift()}`))
        const { entries } = await store.list(key('f'))
        expect(entries.map(({ name }) => name)).toEqual(expected.toSorted())
        expect(entries.every(({ name, size }) => size === Number(name))).toBe(true)
      }
    })

    test('copes with thousands of blobs in one folder', async () => {
      const count = 5_000
      for (let start = 0; start < count; start += 100) {
        const batch = Array.from({ length: 100 }, (_, index) => start + index)
        await Promise.all(batch.map((index) => put(`many/${index}`, 'x'.repeat(index % 7))))
      }
      const { entries } = await store.list(key('many'))
      expect(entries).toHaveLength(count)
      expect(entries.every(({ name, size }) => size === Number(name) % 7)).toBe(true)
    }, 60_000)
  })

  describe('remove', () => {
    test('takes away a blob and no neighbour', async () => {
      for (const path of ['f/a', 'f/ab', 'f/b']) await put(path, 'x')
      await store.remove(key('f/a'))
      expect(await names('f')).toEqual(['ab', 'b'])
    })

    test('takes away a folder with all below it, and no neighbour of like name', async () => {
      for (const path of ['run/a', 'run/b/c/d', 'run/b/e', 'run2/a', 'run.txt']) await put(path, 'x')
      await store.remove(key('run'))
      expect(await store.head(key('run'))).toBeUndefined()
      expect(await store.head(key('run/b/c/d'))).toBeUndefined()
      expect([await contentOf('run2/a'), await contentOf('run.txt')]).toEqual(['x', 'x'])
    })

    test('does not mind when nothing is there', async () => {
      await put('blob', 'x')
      await store.remove(key('missing'))
      await store.remove(key('missing/below'))
      await store.remove(key('blob/below'))
      expect(await contentOf('blob')).toBe('x')
    })
  })

  describe('at the same time', () => {
    test('readers of one key see whole blobs only, and the last writer wins', async () => {
      const contents = Array.from({ length: 12 }, (_, index) => Buffer.alloc(200_000 + index * 1_000, index))
      await put('blob', contents[0]!)
      let writing = true
      const reader = async () => {
        while (writing) {
          const blob = await store.open(key('blob'))
          const read = await bytesOf(blob!).catch(() => undefined)
          // A store that cannot hold an overwritten blob open may fail the read, but never mix two blobs.
          if (read !== undefined) expect(contents.some((content) => content.equals(read))).toBe(true)
        }
      }
      const readers = [reader(), reader()]
      await Promise.all(contents.map((content) => put('blob', content)))
      await put('blob', contents[5]!)
      writing = false
      await Promise.all(readers)
      expect((await bytesOf((await store.open(key('blob')))!)).equals(contents[5]!)).toBe(true)
    })

    test('blobs go into a folder that is removed again and again', async () => {
      const writer = async (name: string) => {
        for (let round = 0; round < 15; round++) await put(`f/deep/er/${name}-${round}`, 'x')
      }
      const remover = async () => {
        for (let round = 0; round < 10; round++) await store.remove(key('f'))
      }
      await Promise.all([writer('a'), writer('b'), writer('c'), remover()])
      await put('f/deep/er/last', 'x')
      expect(await contentOf('f/deep/er/last')).toBe('x')
    })

    test('many writers make the same new folders', async () => {
      await Promise.all(Array.from({ length: 40 }, (_, index) => put(`p/q/r/s/${index}`, String(index))))
      expect(await names('p/q/r/s')).toHaveLength(40)
    })
  })

  test.each([11, 12, 13])('behaves as a map of paths over random steps (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const model: BlobModel = new Map()
    for (let count = 0; count < 120; count++) {
      const step = randomStep(random, model)
      if (step.kind === 'put') await store.put(key(step.path), sourceOf(step.content))
      else await store.remove(key(step.path))
      applyToModel(model, step)
      if (count % 10 === 9) expect(await storeView(store, key), `step ${count}`).toEqual(modelView(model))
    }
  })

  describe('back-pressure', () => {
    test('a slow reader does not fill the memory', async () => {
      await store.put(key('big'), generated(64 * mebibyte))
      const blob = (await store.open(key('big')))!
      const memory = memoryWatch(4 * mebibyte)
      let taken = 0
      for await (const chunk of await blob.chunks()) {
        taken += chunk.length
        if (taken < 8 * mebibyte) await sleep(10)
        memory.look(taken)
      }
      expect(taken).toBe(64 * mebibyte)
      expect(memory.most).toBeLessThan(16 * mebibyte)
    })

    test('a fast source is held back', async () => {
      const memory = memoryWatch(4 * mebibyte)
      await store.put(key('big'), generated(192 * mebibyte, memory.look))
      expect((await statOf('big')).size).toBe(192 * mebibyte)
      expect(memory.most).toBeLessThan(traits.heldByUpload)
    }, 60_000)
  })
}

async function* generated(bytes: number, each: (sent: number) => void = () => {}): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < bytes; sent += 65_536) {
    each(sent)
    yield Buffer.alloc(65_536, sent / 65_536)
  }
}
