import { lookup } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Where this server may send requests of its own. */
export interface OutboundRules {
  readonly schemes: readonly ('http' | 'https')[]
  /** Whether private and loopback addresses are fine. */
  readonly privateTargets: boolean
}

/** A target that may not be asked; the message can be shown to whoever named it. */
export class TargetRefused extends Error {}

export interface OutboundAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** Whole time of one request, from the look-up of the name to the end of the answer. */
const timeLimitMs = 10_000
/** More of an answer is not read. */
const answerLimit = 65_536

interface Address {
  readonly address: string
  readonly family: number
}

/**
 * The addresses of a host, all of which may be asked.
 *
 * @param host as a URL has it: an IPv6 address in brackets
 * @throws TargetRefused when one of them is not public, or there is none
 */
export async function allowedAddresses(host: string, rules: OutboundRules): Promise<readonly Address[]> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(name)
  const addresses = family === 0 ? await resolve(name) : [{ address: name, family }]
  const closed = rules.privateTargets ? undefined : addresses.find(({ address }) => !isPublicAddress(address))
  if (closed !== undefined) {
    throw new TargetRefused(`must not resolve to a non-public IP address. '${name}' resolves to ${closed.address}.`)
  }
  return addresses
}

async function resolve(name: string): Promise<Address[]> {
  try {
    return await lookup(name, { all: true })
  } catch {
    throw new TargetRefused(`must have a hostname that can be resolved; '${name}' cannot.`)
  }
}

/**
 * Sends one POST and reads its answer to the end, or to 64 KiB, within ten seconds. The connection goes to an address that was
 * checked, redirects are not followed, no proxy of the environment is used, and nothing of the body is given back.
 *
 * @throws TargetRefused, or the error of the connection
 */
export async function outboundPost(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  rules: OutboundRules,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  if (!rules.schemes.some((scheme) => url.protocol === `${scheme}:`))
    throw new TargetRefused('has a scheme that is off.')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)])
  const addresses = await inTime(allowedAddresses(url.hostname, rules), limit)
  return send(url, headers, body, addresses[0] as Address, limit)
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { address, family }: Address,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const { promise, resolve: answered, reject } = Promise.withResolvers<OutboundAnswer>()
  const isSecure = url.protocol === 'https:'
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const request = (isSecure ? httpsRequest : httpRequest)({
    method: 'POST',
    // The address that was checked: the name is not looked up again.
    host: address,
    family,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
    ...(isSecure && isIP(name) === 0 ? { servername: name } : {}),
    agent: false,
    signal,
  })
  request.on('error', (error) => reject(signal.aborted ? timedOut(signal, error) : error))
  request.on('response', (response) => {
    const answer = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }
    let read = 0
    response.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read <= answerLimit) return
      answered(answer)
      request.destroy()
    })
    response.on('end', () => answered(answer))
    response.on('error', (error) => reject(signal.aborted ? timedOut(signal, error) : error))
  })
  request.end(body)
  return promise
}

async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(timedOut(signal, signal.reason))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function timedOut(signal: AbortSignal, cause: unknown): unknown {
  const isTimeout = (signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError'
  return isTimeout ? new Error(`There was no whole answer within ${timeLimitMs / 1000} s.`, { cause }) : cause
}
