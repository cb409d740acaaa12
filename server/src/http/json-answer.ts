import type { FastifyReply } from 'fastify'

/**
 * Sends JSON text. It goes out as a string, which Node writes together with the head; a serializer of its own keeps
 * Fastify from adding a charset to the content type.
 */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json').serializer(asItIs).send(text)
}

function asItIs(text: string): string {
  return text
}
