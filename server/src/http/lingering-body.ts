import { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

const lookEveryMs = 1000
const mostLooks = 60

/**
 * Lets a client finish sending a body that is refused unread. If the connection were closed at once, the client would meet
 * a broken connection while it sends, never read the refusal, and send the same again. What arrives is thrown away; the
 * connection ends when nothing arrives for a second, and after a minute whatever arrives.
 */
export function letBodyLinger({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw
  if (!(socket instanceof Socket)) return
  reply.removeHeader('connection')
  raw.resume()
  let seen = socket.bytesRead
  let looks = 0
  const timer = setInterval(() => {
    if (raw.complete || socket.destroyed) {
      clearInterval(timer)
      return
    }
    if (socket.bytesRead === seen || ++looks === mostLooks) socket.destroy()
    seen = socket.bytesRead
  }, lookEveryMs).unref()
}
