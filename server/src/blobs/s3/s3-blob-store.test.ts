import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobKey } from '../blob-path.ts'
import type { BlobStore } from '../blob-store.ts'
import { bytesOf, patternBytes, sourceOf } from '../testing/blob-content.ts'
import { describeBlobStore } from '../testing/blob-store-suite.ts'
import { gatewayProgram, type S3Gateway, startS3Gateway } from '../testing/s3-gateway.ts'
import { openS3BlobStore } from './s3-blob-store.ts'

const mebibyte = 1024 * 1024

describe.skipIf(gatewayProgram === undefined)('the S3 store', () => {
  let gateway: S3Gateway
  let stores = 0

  beforeAll(async () => {
    gateway = await startS3Gateway()
  })
  afterAll(() => gateway?.[Symbol.asyncDispose]())

  const openStore = (): Promise<BlobStore> => openS3BlobStore(gateway.options(`stores/${++stores}`))
  const key = blobKey

  describe('as a blob store', () => {
    describeBlobStore(async () => ({ store: await openStore(), [Symbol.asyncDispose]: async () => {} }), {
      etagOfContent: true,
      heldByUpload: 64 * mebibyte,
    })
  })

  test('keeps its keys below its prefix', async () => {
    const store = await openS3BlobStore(gateway.options('one'))
    await store.put(key('t/blob'), sourceOf('x'))
    const whole = await openS3BlobStore(gateway.options(''))
    expect([store.location, whole.location]).toEqual(['s3://artifacts/one', 's3://artifacts'])
    expect(await whole.head(key('one/t/blob'))).toMatchObject({ kind: 'file', size: 1 })
    expect(await store.head(key('one/t/blob'))).toBeUndefined()
  })

  test.each([8 * mebibyte - 1, 8 * mebibyte, 8 * mebibyte + 1, 24 * mebibyte, 24 * mebibyte + 5])(
    'puts %i bytes together from parts',
    async (length) => {
      const store = await openStore()
      const content = patternBytes(length)
      await store.put(key('blob'), sourceOf(content))
      expect((await bytesOf((await store.open(key('blob')))!)).equals(content)).toBe(true)
    },
  )

  test.each([' lead', 'trail ', '&amp;', '<x>', 'a&b"c\'d', '1e5', 'true', '0x10', '+', '%20', '\uffee'])(
    'lists the name %j as it is',
    async (name) => {
      const store = await openStore()
      await store.put(key(`f/${name}/x`), sourceOf('x'))
      await store.put(key(`g/${name}`), sourceOf('x'))
      expect(await store.list(key('f'))).toEqual({ entries: [{ name, isDirectory: true, size: 0 }] })
      expect(await store.list(key('g'))).toEqual({ entries: [{ name, isDirectory: false, size: 1 }] })
      await store.remove(key('f'))
      expect(await store.list(key('f'))).toEqual({ entries: [] })
    },
  )

  test('orders by name where keys are ordered otherwise, on every page', async () => {
    const store = await openStore()
    const files = ['a!', 'a-b', 'a-c.d', 'a.b', 'a0', 'b', 'c-1', 'c-1-2', 'c-1.5', 'c.x']
    const folders = ['a', 'a-c', 'b-', 'c', 'c-1-', 'c-']
    for (const name of files) await store.put(key(`f/${name}`), sourceOf('x'))
    for (const name of folders) await store.put(key(`f/${name}/below`), sourceOf('x'))
    const sorted = [...files, ...folders].sort()
    for (const limit of [undefined, 1, 2, 3, 5, 7, 15, 16, 17]) {
      const seen: string[] = []
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await store.list(key('f'), { after, ...(limit === undefined ? {} : { limit }) })
        if (limit !== undefined) expect(page.entries.length).toBeLessThanOrEqual(limit)
        seen.push(...page.entries.map(({ name }) => name))
        after = page.next
      }
      expect(seen, `by ${limit}`).toEqual(sorted)
    }
  })

  test('refuses keys that no object has', async () => {
    const store = await openStore()
    const long = key(`${'long/'.repeat(220)}x`)
    await expect(store.put(long, sourceOf('x'))).rejects.toMatchObject({ code: 'invalid-parameter' })
  })
})
