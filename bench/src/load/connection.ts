import { connect, type Socket } from 'node:net'
import type { HttpAddress } from './http-address.ts'
import type { Payload } from './payload.ts'
import { type Response, responseReader } from './response-reader.ts'

/** A keep-alive connection with one request at a time on it. */
export interface Connection {
  /** Sends a request. `settle` of the connection is called once with its response, or with the error that ended it. */
  send(payload: Payload): void
  close(): void
}

/** How long a connection may stay silent before its request counts as failed, in ms. */
const silenceMs = 300_000

/**
 * Opens connections lazily, and again after the server has closed one. Bytes are read into one buffer for each
 * connection, so that a response costs no allocation.
 */
export function openConnection(
  address: HttpAddress,
  keepBody: boolean,
  settle: (outcome: Response | Error) => void,
): Connection {
  let socket: Socket | undefined
  let waiting = false
  let sending = false

  function settleOnce(outcome: Response | Error): void {
    if (!waiting) return
    waiting = false
    if (outcome instanceof Error || outcome.closes || sending) drop()
    settle(outcome)
  }

  function drop(): void {
    socket?.destroy()
    socket = undefined
  }

  function open(): Socket {
    const reader = responseReader(keepBody)
    const buffer = Buffer.allocUnsafe(256 * 1024)
    const opened = connect({
      ...address,
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          if (socket !== opened) return false
          try {
            const response = reader.push(length === buffer.length ? buffer : buffer.subarray(0, length))
            if (response) settleOnce(response)
          } catch (error) {
            settleOnce(error instanceof Error ? error : new Error(String(error)))
          }
          return true
        },
      },
    })
    // A socket that has been given up still reports its end: that is not the end of the request on the next one.
    const fail = (error: Error) => {
      if (socket === opened) settleOnce(error)
    }
    opened.setTimeout(silenceMs, () => fail(new Error(`no answer in ${silenceMs} ms`)))
    opened.on('error', fail)
    opened.on('close', () => {
      fail(new Error('connection closed before the response'))
      if (socket === opened) socket = undefined
    })
    return opened
  }

  function send({ bytes, stream }: Payload): void {
    waiting = true
    sending = stream !== undefined
    socket ??= open()
    if (typeof bytes === 'string') socket.write(bytes)
    else socket.write(bytes)
    if (stream) pump(socket, stream.block, stream.bodyBytes)
  }

  /** Sends the body with back-pressure: no more than what the socket takes. */
  function pump(to: Socket, block: Buffer, missing: number): void {
    for (let left = missing; left > 0 && to === socket; ) {
      const piece = left >= block.length ? block : block.subarray(0, left)
      left -= piece.length
      if (!to.write(piece)) {
        to.once('drain', () => pump(to, block, left))
        return
      }
    }
    if (to === socket) sending = false
  }

  return { send, close: drop }
}
