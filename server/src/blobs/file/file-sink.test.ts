import type { FileHandle } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { fileSink, passOn, writeAll } from './file-sink.ts'

/** A file that takes at most `most` bytes a call, as a nearly full disk or a signal makes a real one do. */
function grudgingFile(most: number) {
  const taken: Buffer[] = []
  const handle = {
    async writev(chunks: readonly Uint8Array[]) {
      const bytes = Buffer.concat(chunks).subarray(0, most)
      taken.push(Buffer.from(bytes))
      return { bytesWritten: bytes.length }
    },
    datasync: async () => {},
    sync: async () => {},
  } as unknown as FileHandle
  return { handle, taken }
}

test.each([1, 3, 4, 100])('writes all bytes in their order when %i go at a time', async (most) => {
  const { handle, taken } = grudgingFile(most)
  await writeAll(
    handle,
    ['ab', '', 'cdef', 'g', 'hijklmn'].map((text) => Buffer.from(text)),
  )
  expect(Buffer.concat(taken).toString()).toBe('abcdefghijklmn')
})

test('gathers what comes while a write is on its way', async () => {
  const { handle, taken } = grudgingFile(1_000_000)
  const chunks = Array.from({ length: 100 }, (_, index) => Buffer.alloc(1_000, index))
  await pipeline(Readable.from(chunks), fileSink(handle))
  expect(Buffer.concat(taken).equals(Buffer.concat(chunks))).toBe(true)
})

test('fails as the file fails', async () => {
  const handle = { writev: () => Promise.reject(new Error('disk')) } as unknown as FileHandle
  await expect(pipeline(Readable.from([Buffer.from('x')]), fileSink(handle))).rejects.toThrow('disk')
})

test('has everything on disk when it finishes, most of it before the end', async () => {
  const calls: string[] = []
  const handle = {
    writev: async (chunks: readonly Uint8Array[]) => {
      await setImmediate()
      return { bytesWritten: chunks.reduce((sum, chunk) => sum + chunk.length, 0) }
    },
    datasync: async () => void calls.push('datasync'),
    sync: async () => void calls.push('sync'),
  } as unknown as FileHandle
  const sink = fileSink(handle)
  await passOn(Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(1024 * 1024))), sink)
  expect(calls.at(-1)).toBe('sync')
  expect(calls.filter((call) => call === 'datasync').length).toBeGreaterThanOrEqual(4)
})

test('fails when the disk fails in the background, although a later sync would succeed', async () => {
  const { handle } = grudgingFile(Number.MAX_SAFE_INTEGER)
  handle.datasync = () => Promise.reject(new Error('disk'))
  const sink = fileSink(handle)
  await expect(passOn(Readable.from([Buffer.alloc(9 * 1024 * 1024)]), sink)).rejects.toThrow('disk')
})

describe('passOn', () => {
  test('takes streams and other sources alike', async () => {
    const chunks = () => [Buffer.from('ab'), Buffer.from('c')]
    async function* generated() {
      yield* chunks()
    }
    for (const source of [Readable.from(chunks()), generated()]) {
      const { handle, taken } = grudgingFile(100)
      await passOn(source, fileSink(handle))
      expect(Buffer.concat(taken).toString()).toBe('abc')
    }
  })

  test('leaves a stream alive whose bytes cannot be stored', async () => {
    const handle = { writev: () => Promise.reject(new Error('disk')) } as unknown as FileHandle
    const source = new PassThrough()
    source.write('x')
    await expect(passOn(source, fileSink(handle))).rejects.toThrow('disk')
    expect(source.destroyed).toBe(false)
  })

  test.each([new Error('lost'), undefined])('fails with a source that ends early (%s)', async (error) => {
    const { handle } = grudgingFile(100)
    const source = new PassThrough()
    const passed = passOn(source, fileSink(handle))
    source.write('x')
    source.destroy(error)
    await expect(passed).rejects.toThrow(error?.message ?? 'Premature close')
  })
})
