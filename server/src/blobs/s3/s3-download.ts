import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { ByteRange } from '../blob-store.ts'
import { chunksPassed } from './chunk-collection.ts'
import type { S3Connection } from './s3-connection.ts'
import { storeErrorOf } from './s3-errors.ts'

/** How often a download goes on after a lost connection without having got a byte further. */
const mostTries = 4
/** ms to wait after the first loss; doubled after each further one. */
const firstPause = 100
/** Bytes that a download reads ahead of its reader. */
const readAhead = 256 * 1024

/**
 * Opens a stream of a part of an object, as long as the object is still the one with that etag. When the connection is
 * lost or falls silent in the middle, the rest is asked for again.
 *
 * @throws AppError of the store, before anything is read; later ones fail the stream
 */
export async function download(store: S3Connection, Key: string, etag: string, range: ByteRange): Promise<Readable> {
  let body = await bodyFrom(range.start)

  function bodyFrom(start: number): Promise<Readable> {
    const command = { Bucket: store.bucket, Key, IfMatch: etag, Range: `bytes=${start}-${range.end}` }
    return store.call(async (client) => {
      const { Body } = await client.send(new GetObjectCommand(command))
      return Body as Readable
    })
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    let position = range.start
    for (let tries = 1; ; tries++) {
      try {
        for await (const chunk of watched(body, store.patience)) {
          position += chunk.length
          chunksPassed(chunk.length)
          tries = 1
          yield chunk
        }
        if (position > range.end) return
        throw new Error('The answer ended early.')
      } catch (error) {
        // The reader has gone: that is no failure of the store.
        if (stream.destroyed) return
        if (tries === mostTries) throw storeErrorOf(error, store.location)
        await sleep(firstPause * 2 ** (tries - 1))
        body = await bodyFrom(position)
        if (stream.destroyed) body.destroy()
      }
    }
  }

  const stream = Readable.from(chunks(), { objectMode: false, highWaterMark: readAhead })
  // Also when nobody has read from it: the generator has not begun then, and cannot tidy up.
  stream.once('close', () => body.destroy())
  return stream
}

/** The chunks of a body, which fails when the next one takes longer than `patience` ms once it is wanted. */
async function* watched(body: Readable, patience: number): AsyncGenerator<Buffer> {
  const iterator = body.iterator() as AsyncIterator<Buffer>
  try {
    for (;;) {
      const silence = setTimeout(() => body.destroy(silent()), patience)
      const next = await iterator.next().finally(() => clearTimeout(silence))
      if (next.done) return
      yield next.value
    }
  } finally {
    body.destroy()
  }
}

function silent(): Error {
  return Object.assign(new Error('The store has fallen silent in the middle of an answer.'), { name: 'TimeoutError' })
}
