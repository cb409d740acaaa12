import type { FileHandle } from 'node:fs/promises'
import { Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'

/** Bytes that wait for the file before the source is held back. */
const bufferedBytes = 2 * 1024 * 1024

/** Bytes after which the disk begins with what has been written, so that little is left for the end. */
const flushEvery = 8 * 1024 * 1024

/**
 * A stream that writes to an open file, has all of it on disk when it finishes, and leaves the file open. What comes in
 * while one write is on its way goes out together in the next.
 */
export function fileSink(handle: FileHandle): Writable {
  let unflushed = 0
  let flush: Promise<void> | undefined
  let failure: Error | undefined

  async function write(chunks: readonly Uint8Array[]): Promise<void> {
    if (failure !== undefined) throw failure
    await writeAll(handle, chunks)
    for (const chunk of chunks) unflushed += chunk.length
    if (unflushed < flushEvery || flush !== undefined) return
    unflushed = 0
    flush = handle.datasync().then(
      () => {
        flush = undefined
      },
      (error: Error) => {
        // The system tells of a failed write-back once: a later sync would succeed.
        failure = error
      },
    )
  }

  async function finish(): Promise<void> {
    await flush
    if (failure !== undefined) throw failure
    await handle.sync()
  }

  return new Writable({
    highWaterMark: bufferedBytes,
    write: (chunk: Buffer, _encoding, done) => settle(write([chunk]), done),
    writev: (chunks, done) => settle(write(chunks.map(({ chunk }) => chunk as Buffer)), done),
    final: (done) => settle(finish(), done),
    // The file may be closed only when nothing is under way in it any more.
    destroy: (error, done) => settle(Promise.resolve(flush), () => done(error)),
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

function settle(work: Promise<void>, done: (error?: Error | null) => void): void {
  work.then(() => done(), done)
}
