import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dialect } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { notAuthenticated } from '../../errors/errors.ts'
import { type Caller, publicCaller } from '../../lib/caller.ts'
import type { Authenticate, Judgement } from './authentication.ts'
import type { RequestFacts } from './authenticator.ts'

/** Who may use a route: everyone who asks, or only callers who say who they are. */
export type RouteAccess = 'public' | 'authenticated'

declare module 'fastify' {
  interface FastifyContextConfig {
    dialect?: Dialect
    access?: RouteAccess
    /** Whether the body is handed on as a stream. */
    streamed?: boolean
  }
  interface FastifyRequest {
    /** Who makes the request; set before anything of the body is used. */
    caller: Caller
  }
}

/** Makes the start fail when a route does not say who may use it. To be called before the first route is added. */
export function declareAccess(server: FastifyInstance): void {
  server.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`${method} ${url} does not say who may use it (config.access).`)
  })
}

/**
 * Lets no request through whose caller is not known, on every route but those declared `public`; places without a route are
 * no exception. Hooks that were added before, such as the browser defence, come first.
 */
export function requireCaller(server: FastifyInstance, authenticate: Authenticate): void {
  server.decorateRequest('caller', null as unknown as Caller)
  server.addHook('onRequest', (request, _reply, done) => {
    const { access, streamed } = request.routeOptions.config
    request.caller = publicCaller
    if (access === 'public') done()
    else settle(request, authenticate, factsOf(request, streamed ? 'exempt' : undefined), done)
  })
  server.addHook('preHandler', (request, _reply, done) => {
    if (!waiting.has(request)) return done()
    waiting.delete(request)
    const body = readBody(request)
    if (body === undefined) return done(notAuthenticated())
    settle(request, authenticate, factsOf(request, body), done)
  })
}

/** What clients are told to log in with. */
export function challenge(reply: FastifyReply, error: AppError): void {
  if (error.code !== 'not-authenticated') return
  reply.header('www-authenticate', ['Basic realm="Runstead", charset="UTF-8"', 'Bearer realm="Runstead"'])
}

/** Requests that are judged when their body has been read. */
const waiting = new WeakSet<FastifyRequest>()

function settle(
  request: FastifyRequest,
  authenticate: Authenticate,
  facts: RequestFacts,
  done: (error?: Error) => void,
): void {
  const judgement = judgementOf(authenticate, facts)
  if (judgement instanceof Promise) {
    void judgement.then(
      (judged) => take(request, judged, done),
      (error: unknown) => done(error instanceof Error ? error : new AppError('internal', String(error))),
    )
  } else if (judgement instanceof Error) done(judgement)
  else take(request, judgement, done)
}

function take(request: FastifyRequest, judgement: Judgement, done: (error?: Error) => void): void {
  if (judgement === 'body needed') waiting.add(request)
  else request.caller = judgement
  done()
}

function judgementOf(authenticate: Authenticate, facts: RequestFacts): ReturnType<Authenticate> | Error {
  try {
    return authenticate(facts)
  } catch (error) {
    return error instanceof Error ? error : new AppError('internal', String(error))
  }
}

function factsOf(request: FastifyRequest, body: RequestFacts['body']): RequestFacts {
  const { aiDataPlatformId: platformId } = (request.params ?? {}) as { aiDataPlatformId?: string }
  return {
    method: request.method,
    target: request.originalUrl,
    rawHeaders: request.raw.rawHeaders,
    headers: request.headers,
    address: request.ip,
    ...(platformId === undefined ? {} : { platformId }),
    body,
    note: (reason) => request.log.info({ reason }, 'The credentials are refused'),
  }
}

const noBody = Buffer.alloc(0)

/** The bytes of the body; undefined when there are some that have not been read, as with GET. */
function readBody({ body, headers }: FastifyRequest): Buffer | undefined {
  if (Buffer.isBuffer(body)) return body
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
  return sent ? undefined : noBody
}
