import { Readable } from 'node:stream'
import { chunksPassed } from './chunk-collection.ts'
import { type SpareBuffers, spareBuffers } from './spare-buffers.ts'

/** Bytes with which a buffer begins; most uploads need no more. */
const firstBytes = 64 * 1024

/** Cuts a source into parts. */
export interface PartReader {
  /** The next `size` bytes; fewer at the end of the source, then undefined. Rejects as the source does. */
  next(size: number): Promise<Buffer | undefined>
  /** Gives a part's memory back when nothing refers to it any more; it may become that of a later one. */
  recycle(part: Buffer): void
  /** Lets go of a source that has not ended; a stream is left as it is. */
  release(): Promise<void>
}

/** @param spare buffers that are free: taken from first, and given back to */
export function partReader(source: AsyncIterable<Uint8Array>, spare: SpareBuffers = spareBuffers(0)): PartReader {
  const chunks: AsyncIterator<Uint8Array> =
    source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array()
  let ended = false

  function bufferOf(size: number): Buffer {
    return spare.take(size) ?? Buffer.allocUnsafeSlow(Math.min(size, firstBytes))
  }

  return {
    async next(size) {
      let buffer = bufferOf(size)
      let filled = 0
      while (filled < size) {
        if (rest.length === 0) {
          const next = ended ? undefined : await chunks.next()
          if (next === undefined || next.done) {
            ended = true
            break
          }
          rest = next.value
        }
        const taken = rest.subarray(0, size - filled)
        rest = rest.subarray(taken.length)
        buffer = grown(buffer, filled, filled + taken.length, size)
        buffer.set(taken, filled)
        filled += taken.length
        chunksPassed(taken.length)
      }
      return filled === 0 ? undefined : buffer.subarray(0, filled)
    },
    recycle(part) {
      if (part.length === part.buffer.byteLength) spare.giveBack(part)
    },
    async release() {
      if (!ended) await chunks.return?.()
    },
  }
}

/** The buffer, or a larger one with the same bytes: twice as large, so that copying costs little altogether. */
function grown(buffer: Buffer, filled: number, needed: number, most: number): Buffer {
  if (needed <= buffer.length) return buffer
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, buffer.length * 2)))
  buffer.copy(larger, 0, 0, filled)
  return larger
}
