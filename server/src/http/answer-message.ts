import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer, Context, MessageHandler } from '../context/context.ts'
import { type Endpoint, restOfPath } from '../contract/endpoint.ts'
import { invalidParameter } from '../errors/errors.ts'
import { camelCase, decodeMessage } from './codec/decode-message.ts'
import { encodeCompact, encodeMessage } from './codec/encode-message.ts'
import { sendAsciiJson } from './json-answer.ts'
import { parseJsonBody, requireJsonContentType } from './request-body.ts'
import { parseQuery, requestFromQuery } from './request-query.ts'
import type { AnswerFacts, WireFace } from './wire/wire-face.ts'

/** The route function of a message endpoint: reads the request, runs the handler, renders its answer. */
export function answerMessage(
  { endpoint, handle }: MessageHandler,
  face: WireFace,
  contextOf: (request: FastifyRequest) => Promise<Context>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const compact = endpoint.format === 'compact'
  return async (request, reply) => {
    const input = await readRequest(endpoint, request)
    const answer = await handle(await contextOf(request), input)
    reply.code(endpoint.status ?? 200).headers(face.headersFor(factsOf(answer, request)))
    if (endpoint.status === 202 || endpoint.status === 204) return reply.send()
    const encode = compact ? encodeCompact : encodeMessage
    return sendAsciiJson(reply, encode(endpoint.reply, answer.body))
  }
}

function factsOf({ body, revision, created, ...facts }: Answer<unknown>, request: FastifyRequest): AnswerFacts {
  const nextPageToken = facts.nextPageToken ?? (body as { next_page_token?: string }).next_page_token
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(facts.asyncOperationKey === undefined ? {} : { asyncOperationKey: facts.asyncOperationKey }),
    ...(created === undefined ? {} : { location: `${request.url.split('?', 1)[0]}/${created}` }),
  }
}

async function readRequest(endpoint: Endpoint, request: FastifyRequest): Promise<unknown> {
  const method = request.method
  if (method === 'POST' || method === 'PUT') requireJsonContentType(request.headers['content-type'])
  let json: Record<string, unknown>
  let malformed = false
  const queryStart = request.url.indexOf('?')
  const query = queryStart === -1 ? '' : request.url.slice(queryStart + 1)
  if ((method === 'GET' || method === 'HEAD') && query !== '') {
    json = requestFromQuery(endpoint.request, parseQuery(query))
  } else {
    const bytes =
      method === 'GET' || method === 'HEAD' ? await readGetBody(request) : (request.body as Buffer | undefined)
    const body = parseJsonBody(bytes)
    json = body.json
    malformed = body.malformed
  }
  json = withPathParameters(json, request.params as Record<string, string>, endpoint)
  const input = decodeMessage(endpoint.request, json)
  if (malformed) throw invalidParameter('The request body is not valid JSON.')
  return input
}

/** A field that is named in the path is taken from there, whatever body or query say of it. */
function withPathParameters(
  json: Record<string, unknown>,
  params: Record<string, string>,
  endpoint: Endpoint,
): Record<string, unknown> {
  let merged = json
  for (const param in params) {
    const name = param === '*' ? restOfPath : param
    if (endpoint.request.fields[name] === undefined) continue
    const { [camelCase(name)]: _otherSpelling, ...rest } = merged
    merged = { ...rest, [name]: params[param] }
  }
  return merged
}

/** A GET without a query may carry its request as a JSON body (MLflow accepts that). */
async function readGetBody(request: FastifyRequest): Promise<Buffer | undefined> {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length === 0 || length > 1_048_576) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of request.raw) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
