import { closeSync, constants, fstatSync, open, read } from 'node:fs'
import { promisify } from 'node:util'
import type { BlobStat, ByteRange, OpenBlob } from '../blob-store.ts'
import { blobStatOf } from './blob-stat.ts'
import { isAbsent } from './file-errors.ts'
import { isOpenAt } from './open-path.ts'

const openDescriptor = promisify(open)
const readInto = promisify(read)

/** Most bytes of a chunk. */
const chunkSize = 512 * 1024

/** Not through a symbolic link (O_NOFOLLOW), and never waiting for the other end of a pipe (O_NONBLOCK). */
const plainRead = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file that is reached without a symbolic link; undefined when there is none.
 *
 * Calls that only look at what the kernel has in memory (the stat of an open file, its path in /proc, close) are made on
 * the spot: to hand them to the thread pool costs ten times what they do.
 */
export async function openFile(path: string): Promise<OpenBlob | undefined> {
  let descriptor: number
  try {
    descriptor = await openDescriptor(path, plainRead)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
  try {
    const stat = fstatSync(descriptor, { bigint: true })
    if (stat.isFile() && (await isOpenAt(descriptor, path))) return openFileOf(descriptor, blobStatOf(stat))
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  closeSync(descriptor)
  return undefined
}

function openFileOf(descriptor: number, stat: BlobStat): OpenBlob {
  let held = true
  function take(): number {
    if (!held) throw new Error('An open blob can be read once.')
    held = false
    return descriptor
  }
  return {
    ...stat,
    async chunks(range = wholeOf(stat)) {
      return chunksOf(take(), range)
    },
    async bytes(range = wholeOf(stat)) {
      const fd = take()
      try {
        return await readWhole(fd, range)
      } finally {
        closeSync(fd)
      }
    },
    async [Symbol.asyncDispose]() {
      if (held) closeSync(take())
    },
  }
}

function wholeOf({ size }: BlobStat): ByteRange {
  return { start: 0, end: size - 1 }
}

/**
 * Reads piece by piece into two buffers in turn: while the consumer has one, the other is filled. So a download of any
 * length takes the same memory; new buffers would be freed only when the garbage collector comes round to them.
 */
async function* chunksOf(descriptor: number, { start, end }: ByteRange): AsyncGenerator<Buffer, void, void> {
  const buffers: Buffer[] = []
  let position = start

  async function fill(turn: number): Promise<Buffer> {
    const wanted = Math.min(chunkSize, end - position + 1)
    buffers[turn] ??= Buffer.allocUnsafeSlow(wanted)
    const buffer = buffers[turn]
    const { bytesRead } = await readInto(descriptor, buffer, 0, wanted, position)
    if (bytesRead === 0) throw shorter()
    position += bytesRead
    return buffer.subarray(0, bytesRead)
  }

  let ahead: Promise<Buffer> | undefined
  try {
    if (position <= end) ahead = fill(0)
    for (let turn = 1; ahead !== undefined; turn ^= 1) {
      const chunk = await ahead
      ahead = position <= end ? fill(turn) : undefined
      // A failure is told when the consumer asks for that chunk.
      ahead?.catch(() => {})
      yield chunk
    }
  } finally {
    // The number of a closed descriptor may be that of another file by the time a read gets to it.
    await Promise.allSettled([ahead])
    closeSync(descriptor)
  }
}

async function readWhole(descriptor: number, { start, end }: ByteRange): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start + 1)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await readInto(descriptor, bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw shorter()
    filled += bytesRead
  }
  return bytes
}

function shorter(): Error {
  return new Error('A blob became shorter while it was read.')
}
