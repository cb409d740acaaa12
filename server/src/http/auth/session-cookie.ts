import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../errors/app-error.ts'
import type { Caller } from '../../lib/caller.ts'
import { type Platform, platformOf } from '../../lib/tenant.ts'
import type { RequestFacts } from './authenticator.ts'

/** A session as its cookie names it. */
export interface NamedSession {
  readonly platform: Platform
  readonly secret: string
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The value of the cookie of a session. */
export function sessionCookieValue({ platform, secret }: NamedSession): string {
  return `${platform}.${secret}`
}

/** The value of one cookie in a `Cookie` header; undefined when it is absent or there are two. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return values.length === 1 ? values[0]!.slice(name.length + 1) : undefined
}

export function readSessionCookie(value: string | undefined): NamedSession | undefined {
  const match = /^(\d{1,9})\.([\w-]{43})$/.exec(value ?? '')
  return match === null ? undefined : { platform: platformOf(Number(match[1])), secret: match[2]! }
}

/** What a page of this server must send with every write, as `x-csrf-token`. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url')
}

export interface SessionCookieOptions {
  readonly cookieName: string
  /** Origin of this server's own pages, such as `https://runstead.example.com`. */
  readonly origin: string
  callerOf(platform: Platform, secret: string): Promise<Caller | undefined>
}

/** Says who is logged in with a browser. */
export type CookieLogin = (facts: RequestFacts, platform: Platform) => Promise<Caller | undefined>

/**
 * Logins by session cookie. Since browsers send it by themselves, a write must show that it comes from a page of this
 * server: by fetch metadata, origin and the session's token.
 *
 * @throws AppError `permission-denied` for a write that does not show it
 */
export function sessionCookieLogin({ cookieName, origin, callerOf }: SessionCookieOptions): CookieLogin {
  return async (facts, platform) => {
    const session = readSessionCookie(cookieOf(facts.headers.cookie, cookieName))
    if (session === undefined || session.platform !== platform) return undefined
    const caller = await callerOf(platform, session.secret)
    if (caller === undefined) return undefined
    if (!harmless.has(facts.method)) refuseForeignPage(facts, origin, csrfTokenOf(session.secret))
    return caller
  }
}

function refuseForeignPage({ headers }: RequestFacts, origin: string, expected: string): void {
  const site = headers['sec-fetch-site']
  const token = headers['x-csrf-token']
  const sameSite = site === undefined || site === 'same-origin'
  const sameOrigin = headers.origin === undefined || headers.origin === origin
  if (sameSite && sameOrigin && typeof token === 'string' && isEqual(token, expected)) return
  throw new AppError('permission-denied', 'A write with a login cookie must come from a page of this server.')
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
