import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context, StreamHandler } from '../context/context.ts'
import { type PassGate, streamInput } from './gate.ts'
import { sendChunks } from './send-chunks.ts'

/** The route function of a stream endpoint: hands the raw body over and streams the answer with back-pressure. */
export function answerStream(
  { endpoint, handle }: StreamHandler,
  contextOf: (request: FastifyRequest) => Context | Promise<Context>,
  pass: PassGate,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const gone = new AbortController()
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort()
    })
    const queryStart = request.url.indexOf('?')
    const params = request.params as Record<string, string>
    const query = new URLSearchParams(queryStart === -1 ? '' : request.url.slice(queryStart + 1))
    const context = await contextOf(request)
    await pass(request, context, endpoint, streamInput(params, query))
    const answer = await handle(context, {
      method: request.method,
      params,
      query,
      headers: request.headers,
      body: request.raw,
      signal: gone.signal,
    })
    reply.code(answer.status).headers(answer.headers)
    const { body } = answer
    if (body === undefined) return reply.send()
    if (typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(Buffer.from(body))
    await sendChunks(reply, body)
    return reply
  }
}
