import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context, MessageHandler } from '../context/context.ts'
import type { AuditTrail } from '../context/guard.ts'
import type { RequestGuards } from '../context/request-guards.ts'
import { requestFields } from '../contract/aidp/aidp-contract.ts'
import { type AidpFace, aidpFaceOf } from '../contract/aidp/aidp-face.ts'
import { type Dialect, type Endpoint, restOfPath } from '../contract/endpoint.ts'
import type { MessageType } from '../contract/wire.ts'
import { cannotParse } from '../errors/errors.ts'
import { checkAidpRequest } from './codec/check-aidp-request.ts'
import { camelCase, decodeMessage } from './codec/decode-message.ts'
import { encodeAnswer, encodeMessage } from './codec/encode-message.ts'
import { joinTrail, type PassGate } from './gate.ts'
import { type GuardedAnswer, guardedHandle } from './guarded-answer.ts'
import { sendJson } from './json-answer.ts'
import { type PageTokens, pagedHandle } from './page-tokens.ts'
import { type JsonBody, parseJsonBody, requireJsonContentType } from './request-body.ts'
import { parseQuery, requestFromQuery } from './request-query.ts'
import type { AnswerFacts, WireFace } from './wire/wire-face.ts'

/** What answers are made with, beside their handlers. */
export interface AnswerPorts {
  readonly guards: RequestGuards
  readonly pages: () => Promise<PageTokens>
  readonly trail: AuditTrail
}

/**
 * The route function of a message endpoint: reads the request, runs the handler, renders its answer.
 *
 * @param operation the AIDP operation that is asked for at the route; undefined in MLflow's dialect
 */
export function answerMessage(
  handler: MessageHandler,
  face: WireFace,
  operation: string | undefined,
  contextOf: (request: FastifyRequest) => Context | Promise<Context>,
  pass: PassGate,
  { guards, pages, trail }: AnswerPorts,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const { endpoint } = handler
  const handle = pagedHandle(endpoint, handler.handle, pages)
  const { format } = endpoint
  const aidp = operation === undefined ? undefined : aidpFaceOf(endpoint, operation)
  const replyType = aidp?.reply ?? endpoint.reply
  const hasEtag = aidp === undefined || aidp.operation.responseHeaders.includes('etag')
  const render = (body: unknown): string => encodeMessage(replyType, body, format)
  const guarded = aidp === undefined ? undefined : guardedHandle(handler, aidp.operation, guards, render)
  const joined = joinTrail(trail, endpoint)
  return async (request, reply) => {
    // What is there already is not waited for: most requests wait for their transaction alone.
    const body = isRead(request) ? await readGetBody(request) : (request.body as Buffer | undefined)
    const input =
      aidp === undefined ? readRequest(endpoint, request, body) : readAidpRequest(aidp, endpoint, request, body)
    const found = contextOf(request)
    const context = found instanceof Promise ? await found : found
    const within = joined(request, context, input)
    const conditional = guarded?.(request, within, input, () => pass(request, context, endpoint, input))
    if (conditional === undefined) {
      const admitted = pass(request, context, endpoint, input)
      if (admitted !== undefined) await admitted
    }
    const answer: GuardedAnswer = await (conditional ?? handle(within, input))
    reply
      .code(endpoint.status ?? 200)
      .headers(face.headersFor(factsOf(hasEtag ? answer : withoutRevision(answer), request)))
    if (endpoint.status === 202 || endpoint.status === 204) return reply.send()
    return sendJson(reply, answer.text ?? encodeAnswer(replyType, answer.body, format))
  }
}

function withoutRevision({ revision: _none, ...answer }: GuardedAnswer): GuardedAnswer {
  return answer
}

function factsOf(answer: GuardedAnswer, request: FastifyRequest): AnswerFacts {
  const { body, revision, created, asyncOperationKey } = answer
  const nextPageToken = answer.nextPageToken ?? (body as { next_page_token?: string }).next_page_token
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(asyncOperationKey === undefined ? {} : { asyncOperationKey }),
    ...(created === undefined ? {} : { location: `${request.url.split('?', 1)[0]}/${created}` }),
  }
}

function readRequest(endpoint: Endpoint, request: FastifyRequest, body: Buffer | undefined): unknown {
  if (takesBody(request)) requireJsonContentType(request.headers['content-type'])
  const { json, malformed } = readJson(endpoint.request, request, body, 'mlflow')
  const input = decodeMessage(endpoint.request, withPathParameters(json, request, endpoint))
  if (malformed) throw cannotParse('The request body is not valid JSON.')
  return input
}

/** AIDP's dialect asks for JSON first, then for what the contract says of each field. */
function readAidpRequest(
  aidp: AidpFace,
  endpoint: Endpoint,
  request: FastifyRequest,
  body: Buffer | undefined,
): unknown {
  if (takesBody(request) && request.body instanceof Buffer && request.body.length > 0) {
    requireJsonContentType(request.headers['content-type'])
  }
  const { json, malformed } = readJson(aidp.request, request, body, 'aidp')
  if (malformed) throw cannotParse('The request body is not valid JSON.')
  const whole = withPathParameters(json, request, endpoint)
  return decodeMessage(aidp.request, checkAidpRequest(requestFields(aidp.operation), whole))
}

function takesBody({ method }: FastifyRequest): boolean {
  return method === 'POST' || method === 'PUT'
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function readJson(
  type: MessageType<unknown>,
  request: FastifyRequest,
  body: Buffer | undefined,
  dialect: Dialect,
): JsonBody {
  const query = isRead(request) ? queryOf(request) : ''
  if (query === '') return parseJsonBody(body)
  return { json: requestFromQuery(type, parseQuery(query), dialect), malformed: false }
}

function queryOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}

/** A field that is named in the path is taken from there, whatever body or query say of it. */
function withPathParameters(
  json: Record<string, unknown>,
  request: FastifyRequest,
  endpoint: Endpoint,
): Record<string, unknown> {
  const params = request.params as Record<string, string>
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
  if (queryOf(request) !== '') return undefined
  if (length === 0 || length > 1_048_576) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of request.raw) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
