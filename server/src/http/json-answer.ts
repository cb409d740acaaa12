import type { FastifyReply } from 'fastify'

/** Characters up to which a text goes out as a string, which Node writes together with the head. */
const shortText = 2048

/** Sends JSON text. A serializer of its own keeps Fastify from adding a charset to the content type. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json').serializer(asItIs).send(text)
}

/** Sends JSON text that is ASCII alone, as the codec renders it: its bytes are its characters, so nothing is encoded. */
export function sendAsciiJson(reply: FastifyReply, text: string): FastifyReply {
  if (text.length <= shortText) return sendJson(reply, text)
  return reply.header('content-type', 'application/json').send(Buffer.from(text, 'latin1'))
}

function asItIs(text: string): string {
  return text
}
