import type { FileHandle } from 'node:fs/promises'
import { Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'

/** Bytes that wait for the disk before the source is held back. */
const bufferedBytes = 512 * 1024

/**
 * A stream that writes to an open file and leaves it open (Node's own file stream keeps the handle from being synced and
 * closed by its owner). What comes in while one write is on its way goes out together in the next.
 */
export function fileSink(handle: FileHandle): Writable {
  return new Writable({
    highWaterMark: bufferedBytes,
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => finish(writeAll(handle, [chunk]), done),
    writev: (chunks, done) =>
      finish(
        writeAll(
          handle,
          chunks.map(({ chunk }) => chunk as Buffer),
        ),
        done,
      ),
  })
}

/**
 * Passes everything on to the sink, as fast as that takes it. A source that is a stream outlives a failure of the sink, so
 * that a request whose body cannot be stored can still be answered.
 */
export async function passOn(source: AsyncIterable<Uint8Array>, sink: Writable): Promise<void> {
  if (!(source instanceof Readable)) return pipeline(source, sink)
  source.pipe(sink)
  try {
    await Promise.all([finished(source, { writable: false }), finished(sink)])
  } catch (error) {
    source.unpipe(sink)
    sink.destroy()
    throw error
  }
}

/** Writes every byte, however many calls the system wants for that. */
export async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0)
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest)
    while (rest[0] !== undefined && bytesWritten >= rest[0].length) {
      bytesWritten -= rest[0].length
      rest = rest.slice(1)
    }
    if (rest[0] !== undefined) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)]
  }
}

function finish(work: Promise<void>, done: (error?: Error | null) => void): void {
  work.then(() => done(), done)
}
