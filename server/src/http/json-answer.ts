import type { FastifyReply } from 'fastify'

/** Sends JSON. A serializer of its own keeps Fastify from adding a charset to the content type. */
export function sendJson(reply: FastifyReply, json: string | Buffer): FastifyReply {
  reply.header('content-type', 'application/json')
  return typeof json === 'string' ? reply.serializer(asItIs).send(json) : reply.send(json)
}

function asItIs(text: string): string {
  return text
}
