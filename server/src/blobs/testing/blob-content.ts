import { Readable } from 'node:stream'
import type { OpenBlob } from '../blob-store.ts'

/** Bytes that differ at every place, so that a wrong offset shows. */
export function patternBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >> 8) * 7 + seed) & 0xff
  return bytes
}

/** A source of one text or buffer. */
export function sourceOf(content: string | Uint8Array): Readable {
  return Readable.from(content.length === 0 ? [] : [Buffer.from(content)])
}

/** All bytes of an open blob, or of a part of it. */
export async function bytesOf(blob: OpenBlob, range?: { start: number; end: number }): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await blob.chunks(range)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
