import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Context, Handler } from '../context/context.ts'
import { isStreamHandler } from '../context/context.ts'
import type { AuditTrail, Gate } from '../context/guard.ts'
import type { RequestGuards } from '../context/request-guards.ts'
import type { Dialect } from '../contract/endpoint.ts'
import { AppError } from '../errors/app-error.ts'
import { renderingOf } from '../errors/error-catalogue.ts'
import { payloadTooLarge } from '../errors/errors.ts'
import type { Caller } from '../lib/caller.ts'
import { type AllowedMethods, createAllowedMethods } from './allowed-methods.ts'
import { answerMessage } from './answer-message.ts'
import { answerStream } from './answer-stream.ts'
import type { Authenticate } from './auth/authentication.ts'
import { challenge, declareAccess, type RouteAccess, requireCaller } from './auth/require-caller.ts'
import { bodyLimitOf } from './body-limit.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { auditAnswers, noteRefusal, passGate } from './gate.ts'
import { sendJson } from './json-answer.ts'
import { letBodyLinger } from './lingering-body.ts'
import { isOfControlPlane, type Mount, mounts, placesOf } from './mounts.ts'
import type { PageTokens } from './page-tokens.ts'
import { createRateLimit, principalOf, type RateLimit, type RateLimitOptions } from './rate-limit.ts'
import { contentTypeProblem } from './request-body.ts'
import { requestIdFor } from './request-id.ts'
import { RequestLog } from './request-log.ts'
import { routedTarget } from './request-target.ts'
import { securityHeaders } from './security-headers.ts'
import { refuseSlowBodies } from './slow-bodies.ts'
import { mlflowWire } from './wire/mlflow-wire.ts'
import { ociWire } from './wire/oci-wire.ts'
import type { WireFace } from './wire/wire-face.ts'

/** The ids in the path of a platform's or workspace's mount. */
export interface MountPath {
  readonly platformId: string
  /** Absent at a platform's own mount. */
  readonly workspaceKey?: string
}

/** Where a request came in. */
export interface RequestPlace {
  /** Absent on the stock mount: the default workspace, unless another one is named. */
  readonly path?: MountPath
  /** Value of `x-mlflow-workspace`, by which MLflow clients choose a workspace. */
  readonly workspaceName?: string
  readonly dialect: Dialect
}

export interface HttpServerOptions {
  readonly handlers: readonly Handler[]
  readonly log: FastifyBaseLogger
  /** Greatest JSON body in bytes; streamed uploads have no limit. */
  readonly maxBodyBytes: number
  contextFor(place: RequestPlace, caller: Caller, requestLog: FastifyBaseLogger): Context | Promise<Context>
  /** Says who makes a request, before anything is done for it. */
  readonly authenticate: Authenticate
  /** Says whether a request is done, before its handler sees it. */
  readonly gate: Gate
  /** Told of every change and every refusal. */
  readonly trail: AuditTrail
  /** Keeps what retry tokens and `if-match` ask for. */
  readonly guards: RequestGuards
  /** Signs page tokens. */
  readonly pages: () => Promise<PageTokens>
  /** How much one caller may ask for; absent: as much as it likes. */
  readonly rate?: RateLimitOptions
  /** Where browsers reach the server, without a slash at the end. */
  readonly publicUrl?: string
  /** How long a message may take to arrive, ms. Default 120,000. */
  readonly bodyTimeoutMs?: number
  /** Plain routes outside the contract, such as `/health`. */
  readonly plugins?: readonly ((server: FastifyInstance) => void)[]
}

const defaultBodyTimeoutMs = 120_000

/** Builds the HTTP server: every endpoint at the stock mount and at the tenant mounts, each in its own wire. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    rewriteUrl: ({ url = '/' }) => routedTarget(url),
    clientErrorHandler: answerBrokenRequest(options.log),
    bodyLimit: options.maxBodyBytes,
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    childLoggerFactory: (log, bindings, childOptions) => new RequestLog(log, bindings, childOptions),
    genReqId: (request) => requestIdFor(request.headers['opc-request-id']),
    routerOptions: { maxParamLength: 4096, querystringParser: noQuery },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const headers = securityHeaders(options.publicUrl)
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('opc-request-id', request.id).headers(headers)
    done()
  })
  const allowed = createAllowedMethods()
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) allowed.add(one, url)
  })
  declareAccess(server)
  for (const plugin of options.plugins ?? []) plugin(server)
  requireCaller(server, options.authenticate)
  auditAnswers(server, options.trail)
  const rate = createRateLimit(options.rate ?? { perSecond: 0, burst: 1 })
  for (const place of mounts) mountHandlers(server, place, options, rate)
  server.setNotFoundHandler((request, reply) => answerUnrouted(request, reply, allowed))
  server.setErrorHandler((error, request, reply) => sendError(request, reply, faceOfPath(pathOf(request)), error))
  return server
}

function mountHandlers(server: FastifyInstance, mount: Mount, options: HttpServerOptions, rate: RateLimit): void {
  const face = mount.kind === 'stock' ? mlflowWire : ociWire
  const pass = passGate(options.gate)
  const handlers = options.handlers.filter(({ endpoint }) => mount.scopes.includes(endpoint.scope ?? 'workspace'))
  void server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => sendError(request, reply, face, error))
    const contextIn = (dialect: Dialect) => (request: FastifyRequest) => {
      rate.take(principalOf(request))
      return options.contextFor(placeOf(request, dialect), request.caller, request.log)
    }
    void scope.register((messages, _messageOptions, registered) => {
      refuseSlowBodies(messages, options.bodyTimeoutMs ?? defaultBodyTimeoutMs)
      for (const handler of handlers) {
        if (isStreamHandler(handler)) continue
        for (const { method, url, dialect, operation } of placesOf(handler.endpoint, mount)) {
          const respond = answerMessage(handler, face, operation?.operation, contextIn(dialect), pass, options)
          const bodyLimit = bodyLimitOf(operation?.operation, options.maxBodyBytes)
          messages.route({ method, url, bodyLimit, config: { dialect, access: accessOf(handler) }, handler: respond })
        }
      }
      registered()
    })
    void scope.register((streams, _streamOptions, registered) => {
      streams.removeAllContentTypeParsers()
      streams.addHook('onRequest', takeAnyContentType)
      streams.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
      for (const handler of handlers) {
        if (!isStreamHandler(handler)) continue
        for (const { method, url, dialect } of placesOf(handler.endpoint, mount)) {
          const config = { dialect, access: accessOf(handler), streamed: true }
          streams.route({ method, url, config, handler: answerStream(handler, contextIn(dialect), pass) })
        }
      }
      registered()
    })
    done()
  })
}

/**
 * Doubled slashes are merged by a redirect (on MLflow's face alone: OCI clients would follow it with the old signature).
 * Another method than a place takes is 405 (404 in the control plane), OPTIONS lists the methods, everything else is 404.
 */
function answerUnrouted(request: FastifyRequest, reply: FastifyReply, allowed: AllowedMethods): void {
  const path = pathOf(request)
  const face = faceOfPath(path)
  const methods = allowed.at(path)
  if (methods.length === 0 && face === mlflowWire && path.includes('//')) {
    const merged = path.replaceAll(/\/{2,}/g, '/')
    if (allowed.at(merged).length > 0) {
      const location = `${request.protocol}://${request.host}${merged}${request.url.slice(path.length)}`
      void reply.redirect(location, 308)
      return
    }
  }
  if (methods.length === 0 || (isOfControlPlane(path) && request.method !== 'OPTIONS')) {
    sendError(request, reply, face, new AppError('route-not-found', `No operation at ${request.method} ${path}`))
    return
  }
  reply.header('allow', methods.join(', '))
  if (request.method === 'OPTIONS') void reply.code(204).send()
  else
    sendError(
      request,
      reply,
      face,
      new AppError('method-not-allowed', `${path} takes ${methods.join(', ')}, not ${request.method}.`),
    )
}

function faceOfPath(path: string): WireFace {
  return /\/(20260430|20240831)(\/|$)/.test(path) ? ociWire : mlflowWire
}

function accessOf({ endpoint }: Handler): RouteAccess {
  return endpoint.permission === 'public' ? 'public' : 'authenticated'
}

const stockPlaces: Readonly<Record<Dialect, RequestPlace>> = {
  mlflow: { dialect: 'mlflow' },
  aidp: { dialect: 'aidp' },
}

function placeOf(request: FastifyRequest, dialect: Dialect): RequestPlace {
  const { aiDataPlatformId: platformId, workspaceKey } = request.params as Record<string, string | undefined>
  const workspaceName = request.headers['x-mlflow-workspace']
  if (platformId === undefined && workspaceName === undefined) return stockPlaces[dialect]
  return {
    dialect,
    ...(platformId === undefined
      ? {}
      : { path: workspaceKey === undefined ? { platformId } : { platformId, workspaceKey } }),
    ...(typeof workspaceName === 'string' ? { workspaceName } : {}),
  }
}

/** Uploads may carry any content type, also one that is none. */
function takeAnyContentType(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  request.raw.headers['content-type'] = 'application/octet-stream'
  done()
}

/** Queries are read where they are needed, from the raw URL. */
function noQuery(): Record<string, never> {
  return {}
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

function sendError(request: FastifyRequest, reply: FastifyReply, face: WireFace, cause: unknown): void {
  const error = asAppError(cause, request)
  noteRefusal(request, error)
  const { dialect } = request.routeOptions.config as { dialect?: Dialect }
  const { status, body } = face.renderError(error, dialect ?? 'aidp')
  request.log[renderingOf(error.code).logLevel]({ code: error.code, err: error.cause ?? error }, error.message)
  if (error.details.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(error.details.retryAfterSeconds))
  if (error.code === 'payload-too-large') letBodyLinger(request, reply)
  challenge(reply, error)
  void sendJson(reply.code(status), body)
}

function asAppError(cause: unknown, request: FastifyRequest): AppError {
  if (cause instanceof AppError) return cause
  const status = (cause as { statusCode?: unknown }).statusCode
  if (status === 415) return contentTypeProblem(request.headers['content-type'])
  if (status === 413) return payloadTooLarge('The request body is larger than this server accepts.')
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('bad-request', (cause as Error).message, {}, cause)
  }
  return new AppError('internal', 'Internal error. The server log has the details under this request id.', {}, cause)
}
