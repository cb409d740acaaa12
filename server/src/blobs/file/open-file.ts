import { closeSync, constants, createReadStream, fstatSync, open, read } from 'node:fs'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { BlobStat, ByteRange, OpenBlob } from '../blob-store.ts'
import { blobStatOf } from './blob-stat.ts'
import { isAbsent } from './file-errors.ts'
import { isOpenAt } from './open-path.ts'

const openDescriptor = promisify(open)
const readInto = promisify(read)

/** Bytes that a stream reads ahead of its consumer. */
const readAhead = 512 * 1024

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
    async read(range = wholeOf(stat)) {
      if (stat.size === 0) {
        closeSync(take())
        return Readable.from([])
      }
      // With an end, the stream knows its last read; without, it makes another one to find it.
      return createReadStream('', { fd: take(), ...range, highWaterMark: readAhead })
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

async function readWhole(descriptor: number, { start, end }: ByteRange): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start + 1)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await readInto(descriptor, bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw new Error('A blob became shorter while it was read.')
    filled += bytesRead
  }
  return bytes
}
