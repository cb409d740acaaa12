import type { Socket } from 'node:net'
import { AppError } from '../errors/app-error.ts'
import { cannotParse } from '../errors/errors.ts'
import { requestIdFor } from './request-id.ts'
import { ociWire } from './wire/oci-wire.ts'

interface ClientErrorLog {
  child(bindings: object): { debug(details: object, message: string): void }
}

/**
 * Answers what is not HTTP, or has too many headers, or takes too long over them, and closes the connection. Neither face is
 * known by then: the body has the members of both.
 */
export function answerBrokenRequest(log: ClientErrorLog): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (!socket.writable) {
      socket.destroy(error)
      return
    }
    const problem = problemOf(error)
    const { status, body } = ociWire.renderError(problem, 'aidp')
    const id = requestIdFor(undefined)
    log.child({ requestId: id }).debug({ code: problem.code, err: error }, problem.message)
    const head = [
      `HTTP/1.1 ${status} ${reasons[status] ?? 'Bad Request'}`,
      `Date: ${new Date().toUTCString()}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `opc-request-id: ${id}`,
      'x-content-type-options: nosniff',
      'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function problemOf(error: NodeJS.ErrnoException): AppError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new AppError('headers-too-large', 'The headers of the request are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return tooSlow()
    default:
      return cannotParse('The request is not valid HTTP.')
  }
}

/** A request that does not arrive in time. */
export function tooSlow(): AppError {
  return new AppError('request-timeout', 'The request took too long to arrive.')
}
