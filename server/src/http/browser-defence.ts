import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Names and addresses that a server on one's own machine or network is reached by (MLflow 3.17.0's default list). */
const localHosts = [
  'localhost',
  '127.0.0.1',
  '[::1]',
  '0.0.0.0',
  '192.168.*',
  '10.*',
  ...Array.from({ length: 16 }, (_, index) => `172.${16 + index}.*`),
  '[fc00:*',
  '[fd00:*',
]

const localOrigin = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
const methods = 'GET, POST, PUT, DELETE, OPTIONS, PATCH'

export interface BrowserDefenceOptions {
  /** Host names that requests may be addressed to, `*` as wildcard. Undefined: local and private ones and `listenHost`. */
  readonly allowedHosts: readonly string[] | undefined
  readonly listenHost: string
}

/**
 * Keeps web pages of other sites away from a server that trusts its network: requests must be addressed to a known host
 * name (DNS rebinding), and other sites' pages may not send writes. Answers CORS for pages on this machine.
 * The rules are those of MLflow 3.17.0; `/health` and `/version` stay open to every host name.
 */
export function browserDefence({ allowedHosts, listenHost }: BrowserDefenceOptions): (server: FastifyInstance) => void {
  const patterns = (allowedHosts ?? [...localHosts, listenHost]).map(hostPattern)
  return (server) => {
    server.addHook('onRequest', (request, reply, done) => {
      reply.header('vary', 'Origin')
      const path = request.url.split('?', 1)[0] ?? ''
      if (
        path !== '/health' &&
        path !== '/version' &&
        !patterns.some((pattern) => pattern.test(request.headers.host ?? ''))
      ) {
        refuse(reply, 403, 'Invalid Host header - possible DNS rebinding attack detected')
        return
      }
      const origin = request.headers.origin
      if (origin === undefined) return done()
      if (localOrigin.test(origin)) {
        reply.header('access-control-allow-origin', origin).header('access-control-allow-credentials', 'true')
        if (isPreflight(request)) answerPreflight(request, reply)
        else done()
      } else if (isPreflight(request)) {
        refuse(reply, 400, 'Disallowed CORS origin')
      } else if (changesSomething(request, path) && !isOwnOrigin(origin, request)) {
        refuse(reply, 403, 'Cross-origin request blocked')
      } else {
        done()
      }
    })
  }
}

function hostPattern(name: string): RegExp {
  const source = name
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}(:\\d+)?$`, 'i')
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  const asked = request.headers['access-control-request-headers']
  if (typeof asked === 'string') reply.header('access-control-allow-headers', asked)
  reply.header('access-control-allow-methods', methods).header('access-control-max-age', '600')
  refuse(reply, 200, 'OK')
}

function changesSomething(request: FastifyRequest, path: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method) && /\/(ajax-)?api\//.test(path)
}

/** A page that this server itself served. */
function isOwnOrigin(origin: string, request: FastifyRequest): boolean {
  return origin === `http://${request.headers.host}` || origin === `https://${request.headers.host}`
}

function refuse(reply: FastifyReply, status: number, text: string): void {
  void reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(text)
}
