import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ListMultipartUploadsCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobKey as key } from '../blob-path.ts'
import { bytesOf, patternBytes, sourceOf } from '../testing/blob-content.ts'
import { memoryWatch } from '../testing/held-memory.ts'
import { gatewayProgram, type S3Gateway, startS3Gateway } from '../testing/s3-gateway.ts'
import { startSlowProxy } from '../testing/slow-proxy.ts'
import { openS3BlobStore } from './s3-blob-store.ts'

const mebibyte = 1024 * 1024

describe.skipIf(gatewayProgram === undefined)('an S3 store that fails', () => {
  let gateway: S3Gateway

  beforeAll(async () => {
    gateway = await startS3Gateway()
  })
  afterAll(() => gateway?.[Symbol.asyncDispose]())

  const open = (prefix: string, port = gateway.port, patience = 30_000) =>
    openS3BlobStore({ ...gateway.options(prefix), endpoint: `http://127.0.0.1:${port}`, patience })

  test('dies in the middle of an upload: a clear error, nothing half there, and a retry works', async () => {
    const store = await open('dies')
    await store.put(key('t/blob'), sourceOf('old'))
    const content = patternBytes(40 * mebibyte)
    for (const name of ['blob', 'new']) {
      const source = new PassThrough()
      const upload = store.put(key(`t/${name}`), source)
      upload.catch(() => undefined)
      source.write(content.subarray(0, 20 * mebibyte))
      await sleep(300)
      await gateway.kill()
      source.write(content.subarray(20 * mebibyte, 30 * mebibyte))
      await expect(upload).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^The artifact store s3:\/\/artifacts\/dies cannot be reached \(E[A-Z]+\)\.$/),
      })
      expect(source.destroyed).toBe(false)
      source.destroy()
      await gateway.start()
    }
    expect((await store.list(key('t'))).entries).toEqual([{ name: 'blob', isDirectory: false, size: 3 }])
    expect((await bytesOf((await store.open(key('t/blob')))!)).toString()).toBe('old')
    for (const name of ['blob', 'new']) {
      await store.put(key(`t/${name}`), sourceOf(content))
      expect((await bytesOf((await store.open(key(`t/${name}`)))!)).equals(content)).toBe(true)
    }
  }, 60_000)

  test('is down: every call says so', async () => {
    const store = await open('down', 1)
    const calls = [
      store.put(key('t/x'), sourceOf('x')),
      store.head(key('t/x')),
      store.open(key('t/x')),
      store.list(key('t')),
      store.remove(key('t')),
    ]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') },
      })
    }
  })

  test('loses the connection in the middle of a download: the rest is asked for again', async () => {
    await using proxy = await startSlowProxy(gateway.port, 40 * mebibyte)
    const store = await open('cut', proxy.port)
    const content = patternBytes(12 * mebibyte)
    await store.put(key('t/x'), sourceOf(content))
    const blob = await store.open(key('t/x'))
    const chunks: Buffer[] = []
    let cuts = 0
    let taken = 0
    for await (const chunk of await blob!.chunks({ start: 5, end: content.length - 1 })) {
      chunks.push(Buffer.from(chunk))
      taken += chunk.length
      if (taken > (cuts + 1) * 3 * mebibyte) {
        cuts++
        proxy.cut()
      }
    }
    expect(cuts).toBeGreaterThanOrEqual(3)
    expect(Buffer.concat(chunks).equals(content.subarray(5))).toBe(true)
  })

  test('falls silent: an error after its time, and it serves again', async () => {
    await using proxy = await startSlowProxy(gateway.port, Number.POSITIVE_INFINITY)
    const store = await open('silent', proxy.port, 200)
    await store.put(key('t/x'), sourceOf('x'))
    proxy.rate = 0
    await expect(store.head(key('t/x'))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The artifact store s3://artifacts/silent does not answer in time.',
    })
    proxy.rate = Number.POSITIVE_INFINITY
    proxy.cut()
    expect(await store.head(key('t/x'))).toMatchObject({ kind: 'file' })
  })

  test('is slow: it works, and a fast source is held back', async () => {
    await using proxy = await startSlowProxy(gateway.port, 8 * mebibyte)
    const store = await open('slow', proxy.port)
    const memory = memoryWatch(4 * mebibyte)
    const content = patternBytes(64 * 1024)
    async function* source() {
      for (let sent = 0; sent < 64 * mebibyte; sent += content.length) {
        memory.look(sent)
        yield content
      }
    }
    await store.put(key('t/x'), source())
    expect(await store.head(key('t/x'))).toMatchObject({ size: 64 * mebibyte })
    // Three parts under way and one being read, and what the sockets hold.
    expect(memory.most).toBeLessThan(48 * mebibyte)
  }, 60_000)

  test('a source that fails leaves no parts behind', async () => {
    const store = await open('parts')
    async function* failing() {
      for (let sent = 0; sent < 20; sent++) yield Buffer.alloc(mebibyte)
      throw new Error('connection lost')
    }
    await expect(store.put(key('t/x'), failing())).rejects.toThrow('connection lost')
    const client = new S3Client({ ...gateway.options(''), forcePathStyle: true, region: 'us-east-1' } as S3ClientConfig)
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: 'artifacts', Prefix: 'parts/' }),
    )
    expect(Uploads).toEqual([])
  })

  test('gives ten thousand keys, at once and by pages', async () => {
    const folder = join(gateway.directory, 'many', 'f')
    await mkdir(folder, { recursive: true })
    const names = Array.from({ length: 10_000 }, (_, index) => `epoch-${index}.ckpt`)
    for (let start = 0; start < names.length; start += 500) {
      await Promise.all(names.slice(start, start + 500).map((name) => writeFile(join(folder, name), '')))
    }
    names.sort()
    const store = await open('many')
    const { entries } = await store.list(key('f'))
    expect(entries.map(({ name }) => name)).toEqual(names)
    const seen: string[] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await store.list(key('f'), { limit: 900, after })
      seen.push(...page.entries.map(({ name }) => name))
      after = page.next
    }
    expect(seen).toEqual(names)
    await store.remove(key('f'))
    expect(await store.head(key('f'))).toBeUndefined()
  }, 60_000)
})
