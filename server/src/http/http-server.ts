import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Context, Handler } from '../context/context.ts'
import { isStreamHandler } from '../context/context.ts'
import type { Route } from '../contract/endpoint.ts'
import { AppError } from '../errors/app-error.ts'
import { renderingOf } from '../errors/error-catalogue.ts'
import { payloadTooLarge } from '../errors/errors.ts'
import { type AllowedMethods, createAllowedMethods } from './allowed-methods.ts'
import { answerMessage } from './answer-message.ts'
import { answerStream } from './answer-stream.ts'
import { sendJson } from './json-answer.ts'
import { contentTypeProblem } from './request-body.ts'
import { requestIdFor } from './request-id.ts'
import { mlflowWire } from './wire/mlflow-wire.ts'
import { ociWire } from './wire/oci-wire.ts'
import type { WireFace } from './wire/wire-face.ts'

/** The ids in the path of a platform's or workspace's mount. */
export interface MountPath {
  readonly platformId: string
  /** Absent at a platform's own mount. */
  readonly workspaceKey?: string
}

export interface HttpServerOptions {
  readonly handlers: readonly Handler[]
  readonly log: FastifyBaseLogger
  /** Greatest JSON body in bytes; streamed uploads have no limit. */
  readonly maxBodyBytes: number
  /** @param path absent on the stock mount: the default workspace */
  contextFor(path: MountPath | undefined, requestLog: FastifyBaseLogger): Promise<Context>
  /** Plain routes outside the contract, such as `/health`. */
  readonly plugins?: readonly ((server: FastifyInstance) => void)[]
}

const platformPaths = ['', '/api'].map((prefix) => `${prefix}/20260430/aiDataPlatforms/:aiDataPlatformId`)

/** Where the workspaces' mounts are: below the versioned path, also with `/api` in front. */
export const tenantMounts = platformPaths.map((path) => `${path}/workspaces/:workspaceKey/mlops`)

/** Where the platforms' own mounts are, for what a platform owns. */
export const platformMounts = platformPaths.map((path) => `${path}/mlops`)

/** Builds the HTTP server: every endpoint at the stock mount and at the tenant mounts, each in its own wire. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    rewriteUrl: ({ url = '/' }) => (url.startsWith('//') ? url.replace(/^\/+/, '/') : url),
    bodyLimit: options.maxBodyBytes,
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    genReqId: (request) => requestIdFor(request.headers['opc-request-id']),
    routerOptions: { maxParamLength: 4096, querystringParser: noQuery },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('opc-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    reply.header('x-frame-options', 'SAMEORIGIN')
    done()
  })
  const allowed = createAllowedMethods()
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) allowed.add(one, url)
  })
  for (const plugin of options.plugins ?? []) plugin(server)
  mount(server, '', mlflowWire, options)
  for (const prefix of tenantMounts) mount(server, prefix, ociWire, options)
  const ofPlatforms = options.handlers.filter(({ endpoint }) => endpoint.scope === 'platform')
  for (const prefix of platformMounts) mount(server, prefix, ociWire, { ...options, handlers: ofPlatforms })
  server.setNotFoundHandler((request, reply) => answerUnrouted(request, reply, allowed))
  server.setErrorHandler((error, request, reply) => sendError(request, reply, mlflowWire, error))
  return server
}

function mount(server: FastifyInstance, prefix: string, face: WireFace, options: HttpServerOptions): void {
  void server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => sendError(request, reply, face, error))
    const context = (request: FastifyRequest) => options.contextFor(mountOf(request), request.log)
    void scope.register((messages, _messageOptions, registered) => {
      for (const handler of options.handlers) {
        if (isStreamHandler(handler)) continue
        const respond = answerMessage(handler, face, context)
        for (const { method, url } of placesOf(handler.endpoint.routes))
          messages.route({ method, url: prefix + url, handler: respond })
      }
      registered()
    })
    void scope.register((streams, _streamOptions, registered) => {
      streams.removeAllContentTypeParsers()
      streams.addHook('onRequest', takeAnyContentType)
      streams.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
      for (const handler of options.handlers) {
        if (!isStreamHandler(handler)) continue
        const respond = answerStream(handler, context)
        for (const { method, url } of placesOf(handler.endpoint.routes))
          streams.route({ method, url: prefix + url, handler: respond })
      }
      registered()
    })
    done()
  })
}

/**
 * Doubled slashes are merged by a redirect (on MLflow's face alone: OCI clients would follow it with the old signature).
 * Another method than a place takes is 405, OPTIONS lists the methods, everything else is 404.
 */
function answerUnrouted(request: FastifyRequest, reply: FastifyReply, allowed: AllowedMethods): void {
  const path = pathOf(request)
  const face = path.includes('/20260430/') ? ociWire : mlflowWire
  const methods = allowed.at(path)
  if (methods.length === 0 && face === mlflowWire && path.includes('//')) {
    const merged = path.replaceAll(/\/{2,}/g, '/')
    if (allowed.at(merged).length > 0) {
      const location = `${request.protocol}://${request.host}${merged}${request.url.slice(path.length)}`
      void reply.redirect(location, 308)
      return
    }
  }
  if (methods.length === 0) {
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

function placesOf(routes: readonly Route[]): { method: Route['method']; url: string }[] {
  const prefixes = { both: ['/api', '/ajax-api'], ajax: ['/ajax-api'], root: [''] } as const
  return routes.flatMap(({ method, path, under }) => prefixes[under].map((prefix) => ({ method, url: prefix + path })))
}

function mountOf(request: FastifyRequest): MountPath | undefined {
  const { aiDataPlatformId: platformId, workspaceKey } = request.params as Record<string, string | undefined>
  if (platformId === undefined) return undefined
  return workspaceKey === undefined ? { platformId } : { platformId, workspaceKey }
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
  const { status, body } = face.renderError(error)
  request.log[renderingOf(error.code).logLevel]({ code: error.code, err: error.cause ?? error }, error.message)
  if (error.details.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(error.details.retryAfterSeconds))
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
