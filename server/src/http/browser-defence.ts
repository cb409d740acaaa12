import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Authority, type HostRule, hostRule, originOf, readAuthority, readOrigin } from '../lib/host-rules.ts'

/** Names and addresses that a server on one's own machine or network is reached by; networks are compared as addresses. */
const localHosts = [
  'localhost',
  '127.0.0.1',
  '[::1]',
  '0.0.0.0',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
]

/** Pages of the machine on which the browser runs. */
const localPages = new Set(['localhost', '127.0.0.1', '[::1]'])
const methods = 'GET, POST, PUT, DELETE, OPTIONS, PATCH'
/** Judgements that are kept; asked again when there are more. */
const mostKept = 1000

export interface BrowserDefenceOptions {
  /** Hosts that requests may be addressed to, as `hostRule` reads them. Undefined: local and private ones and `listenHost`. */
  readonly allowedHosts: readonly string[] | undefined
  readonly listenHost: string
  /** Where browsers reach the server; its host is allowed and its pages are the server's own. */
  readonly publicUrl?: string
  /** Origins whose pages may read and write: exact ones with cookies, `*` and `https://*.example.com` without. */
  readonly allowedOrigins?: readonly string[]
}

/**
 * Keeps web pages of other sites away from a server that trusts its network: requests must be addressed to a known host
 * name (DNS rebinding), and other sites' pages may not send writes, on every route alike. MLflow 3.17.0 has the same rules
 * and words; here hosts, origins and networks are parsed and compared as a whole. `/health` and `/version` stay open to
 * every host name. Reads get no CORS headers unless their origin is listed.
 */
export function browserDefence(options: BrowserDefenceOptions): (server: FastifyInstance) => void {
  const isAllowedHost = hostJudge(options)
  const pages = pageJudge(options)
  return (server) => {
    server.addHook('onRequest', (request, reply, done) => {
      reply.header('vary', 'Origin')
      const host = request.headers.host ?? ''
      if (namesOtherHost(request, host)) return refuse(reply, 400, 'The request names two hosts.')
      const path = request.url.split('?', 1)[0] ?? ''
      if (path !== '/health' && path !== '/version' && !isAllowedHost(host)) {
        return refuse(reply, 403, 'Invalid Host header - possible DNS rebinding attack detected')
      }
      const origin = request.headers.origin
      if (origin === undefined) {
        if (changesSomething(request) && request.headers['sec-fetch-site'] === 'cross-site') {
          return refuse(reply, 403, 'Cross-origin request blocked')
        }
        return done()
      }
      const page = pages(origin, host)
      if (page === 'listed' || (page === 'local' && !isRead(request)))
        reply.header('access-control-allow-origin', origin)
      if (page === 'listed') reply.header('access-control-allow-credentials', 'true')
      if (page === 'everyone') reply.header('access-control-allow-origin', '*')
      if (isPreflight(request)) {
        if (page === 'foreign') return refuse(reply, 400, 'Disallowed CORS origin')
        return answerPreflight(request, reply)
      }
      if (page === 'foreign' && changesSomething(request)) return refuse(reply, 403, 'Cross-origin request blocked')
      done()
    })
  }
}

function hostJudge({ allowedHosts, listenHost, publicUrl }: BrowserDefenceOptions): (host: string) => boolean {
  const own = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.hostname
  const entries = [...(allowedHosts ?? [...localHosts, listenHost]), ...(own === undefined ? [] : [own])]
  const rules = entries.filter((entry) => entry !== '').map(hostRule)
  return kept((host) => matchesAny(rules, readAuthority(host)))
}

/** `own`: this server's page. `local`: one of the browser's machine. `everyone`: all are welcome, without cookies. */
type Page = 'own' | 'local' | 'listed' | 'everyone' | 'foreign'

function pageJudge({ publicUrl, allowedOrigins = [] }: BrowserDefenceOptions): (origin: string, host: string) => Page {
  const own = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.origin
  const exact = new Set(allowedOrigins.map((text) => readOrigin(text)?.origin).filter((one) => one !== undefined))
  const everyone = allowedOrigins.map(originRule).filter((rule) => rule !== undefined)
  return (text, host) => {
    const read = readOrigin(text)
    if (read === undefined) return 'foreign'
    const { origin, authority } = read
    if (exact.has(origin)) return 'listed'
    const asked = readAuthority(host)
    if (origin === own || (asked !== undefined && origin === originOf('http', asked))) return 'own'
    if (everyone.some((rule) => rule(origin.slice(0, origin.indexOf(':')), authority))) return 'everyone'
    return localPages.has(authority.host) ? 'local' : 'foreign'
  }
}

type OriginRule = (scheme: string, authority: Authority) => boolean

/** The rule of an entry with a wildcard; undefined for an exact one. */
function originRule(entry: string): OriginRule | undefined {
  if (entry === '*') return () => true
  const match = /^(https?):\/\/(\*\..+)$/i.exec(entry)
  if (match === null) return undefined
  const scheme = match[1]?.toLowerCase()
  const rule = hostRule(match[2] ?? '')
  return (given, authority) => given === scheme && rule(authority)
}

function matchesAny(rules: readonly HostRule[], authority: Authority | undefined): boolean {
  return authority !== undefined && rules.some((rule) => rule(authority))
}

function kept(judge: (text: string) => boolean): (text: string) => boolean {
  const good = new Set<string>()
  return (text) => {
    if (good.has(text)) return true
    if (!judge(text)) return false
    if (good.size >= mostKept) good.clear()
    good.add(text)
    return true
  }
}

/** Whether there are two Host headers, or a target with a host of its own that is not the header's. */
function namesOtherHost(request: FastifyRequest, host: string): boolean {
  const { rawHeaders } = request.raw
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts++
  }
  if (hosts > 1) return true
  const target = request.originalUrl
  if (target.startsWith('/') || target === '*') return false
  const named = readAuthority(/^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? '')
  const given = readAuthority(host)
  return named === undefined || given === undefined || named.host !== given.host || named.port !== given.port
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

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function changesSomething(request: FastifyRequest): boolean {
  return !isRead(request) && request.method !== 'OPTIONS'
}

function refuse(reply: FastifyReply, status: number, text: string): void {
  void reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(text)
}
