import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { patternBytes } from '../testing/blob-content.ts'
import { partReader } from './part-reader.ts'
import { spareBuffers } from './spare-buffers.ts'

async function partsOf(chunks: readonly Uint8Array[], size: number): Promise<Buffer[]> {
  const reader = partReader(Readable.from(chunks))
  const parts: Buffer[] = []
  for (let part = await reader.next(size); part !== undefined; part = await reader.next(size)) parts.push(part)
  return parts
}

describe('parts of a source', () => {
  test.each([
    [[], 4, []],
    [['abc'], 4, ['abc']],
    [['abcd'], 4, ['abcd']],
    [['abc', 'defgh', '', 'i'], 4, ['abcd', 'efgh', 'i']],
    [['abcdefghijkl'], 5, ['abcde', 'fghij', 'kl']],
  ])('%j by %i', async (chunks, size, expected) => {
    const parts = await partsOf(
      chunks.map((chunk) => Buffer.from(chunk)),
      size,
    )
    expect(parts.map(String)).toEqual(expected)
  })

  test('are whole beyond the first buffer', async () => {
    const content = patternBytes(1_000_000)
    const chunks = Array.from({ length: 100 }, (_, index) => content.subarray(index * 10_000, (index + 1) * 10_000))
    const parts = await partsOf(chunks, 300_001)
    expect(parts.map(({ length }) => length)).toEqual([300_001, 300_001, 300_001, 99_997])
    expect(Buffer.concat(parts).equals(content)).toBe(true)
  })

  test('use memory again that was given back, and only then', async () => {
    const reader = partReader(
      Readable.from(Array.from({ length: 4 }, (_, index) => Buffer.alloc(100, index))),
      spareBuffers(1),
    )
    const first = (await reader.next(100)) as Buffer
    const second = (await reader.next(100)) as Buffer
    expect(second.buffer).not.toBe(first.buffer)
    reader.recycle(first)
    const third = (await reader.next(100)) as Buffer
    expect(third.buffer).toBe(first.buffer)
    expect([second[0], third[0]]).toEqual([1, 2])
  })
})

test('a source that fails fails the part', async () => {
  const source = new PassThrough()
  const reader = partReader(source)
  const part = reader.next(10)
  source.write('abc')
  source.destroy(new Error('connection lost'))
  await expect(part).rejects.toThrow('connection lost')
})

test('a stream that is let go lives on, a generator ends', async () => {
  const stream = new PassThrough()
  stream.write('abcdef')
  const reader = partReader(stream)
  await reader.next(3)
  await reader.release()
  expect(stream.destroyed).toBe(false)

  let ended = false
  const generator = (async function* () {
    try {
      for (;;) yield Buffer.from('abc')
    } finally {
      ended = true
    }
  })()
  const other = partReader(generator)
  await other.next(3)
  await other.release()
  expect(ended).toBe(true)
})
