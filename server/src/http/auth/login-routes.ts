import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../errors/app-error.ts'
import { notAuthenticated } from '../../errors/errors.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { LoginAttempt, OidcClient } from './oidc/oidc-client.ts'
import type { OidcPerson } from './oidc/oidc-person.ts'
import { seal, unseal } from './oidc/sealed-cookie.ts'
import { cookieOf, csrfTokenOf, readSessionCookie, sessionCookieValue } from './session-cookie.ts'

export interface LoginRoutesOptions {
  readonly client: OidcClient
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: string
  /** 32 bytes; seals what a browser keeps during a login. */
  readonly secret: Uint8Array
  readonly cookieName: string
  readonly sessionSeconds: number
  /** The platform with this id; the default one when it is undefined or unknown. */
  platformOf(platformId: string | undefined): Platform | Promise<Platform>
  admit(platform: Platform, person: OidcPerson): Promise<Caller>
  begin(platform: Platform, caller: Caller): Promise<string>
  callerOf(platform: Platform, secret: string): Promise<Caller | undefined>
  end(platform: Platform, secret: string): Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
}

const attemptCookie = 'runstead_login'
/** A person may need that long at the provider. */
const attemptSeconds = 600
const callbackPath = '/auth/callback'

/**
 * Where people log in with a browser: `/auth/login` sends them to the OpenID provider, `/auth/callback` takes them back and
 * begins a session under a new id, `/auth/session` says who is logged in, `/auth/logout` ends it.
 */
export function loginRoutes(options: LoginRoutesOptions): (server: FastifyInstance) => void {
  const { client, publicUrl, secret, now } = options
  const redirectUri = publicUrl + callbackPath
  const config = { access: 'public' } as const
  const cookie = (name: string, value: string, seconds: number, path = '/'): string =>
    `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${seconds}${publicUrl.startsWith('https:') ? '; Secure' : ''}`

  return (server) => {
    server.get('/auth/login', { config }, async (request, reply) => {
      const query = queryOf(request)
      const { location, attempt } = await client.begin(redirectUri)
      const remembered = {
        attempt,
        returnTo: ownPath(query.get('return_to')),
        platform: await options.platformOf(query.get('platform') ?? undefined),
      }
      const sealed = await seal(secret, 'login', remembered, now(), attemptSeconds)
      reply.header('set-cookie', cookie(attemptCookie, sealed, attemptSeconds, '/auth'))
      return noStore(reply).redirect(location, 303)
    })

    server.get(callbackPath, { config }, async (request, reply) => {
      const opened = await unseal(secret, 'login', cookieOf(request.headers.cookie, attemptCookie) ?? '', now())
      const forget = cookie(attemptCookie, '', 0, '/auth')
      reply.header('set-cookie', forget)
      if (opened === undefined) return failed(request, reply, 'This login has expired or was begun in another browser.')
      const { attempt, returnTo, platform } = opened as unknown as Remembered
      const returned = new URL(`${redirectUri}?${queryOf(request).toString()}`)
      const person = await client.finish(returned, attempt)
      if (person === undefined) return failed(request, reply, 'The OpenID provider did not confirm this login.')
      const caller = await admitted(options, platform, person)
      if (caller === undefined)
        return failed(request, reply, 'You are not allowed to log in here. Ask an administrator.')
      const session = { platform, secret: await options.begin(platform, caller) }
      const value = sessionCookieValue(session)
      reply.header('set-cookie', [forget, cookie(options.cookieName, value, options.sessionSeconds)])
      return noStore(reply).redirect(returnTo, 303)
    })

    server.get('/auth/session', { config }, async (request, reply) => {
      const session = readSessionCookie(cookieOf(request.headers.cookie, options.cookieName))
      const caller = session && (await options.callerOf(session.platform, session.secret))
      if (session === undefined || caller === undefined) throw notAuthenticated()
      const { id, name, administrator } = caller
      return noStore(reply).send({ user: { id, name, administrator }, csrf_token: csrfTokenOf(session.secret) })
    })

    server.post('/auth/logout', { config }, async (request, reply) => {
      if (!isOwnPage(request, new URL(publicUrl).origin))
        throw new AppError('permission-denied', 'Log out from a page of this server.')
      const session = readSessionCookie(cookieOf(request.headers.cookie, options.cookieName))
      if (session !== undefined) await options.end(session.platform, session.secret)
      reply.header('set-cookie', cookie(options.cookieName, '', 0))
      return noStore(reply).send({})
    })
  }
}

interface Remembered {
  readonly attempt: LoginAttempt
  readonly returnTo: string
  readonly platform: Platform
}

async function admitted(
  options: LoginRoutesOptions,
  platform: Platform,
  person: OidcPerson,
): Promise<Caller | undefined> {
  try {
    return await options.admit(platform, person)
  } catch (error) {
    if (error instanceof AppError && error.code === 'permission-denied') return undefined
    throw error
  }
}

/** Whether a request comes from a page of this server, as far as the browser says where it comes from. */
function isOwnPage({ headers }: FastifyRequest, own: string): boolean {
  const site = headers['sec-fetch-site']
  return (site === undefined || site === 'same-origin') && (headers.origin === undefined || headers.origin === own)
}

/** A path of this server, so that a login never ends on another site. */
function ownPath(wanted: string | null): string {
  if (wanted === null || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)) return '/'
  return wanted.length > 1024 ? '/' : wanted
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const start = request.url.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : request.url.slice(start + 1))
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store')
}

/** A page that says so; the audit log has a row of it. */
function failed(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  request.passage = { refused: true }
  return noStore(reply)
    .code(403)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'self'")
    .send(
      `<!doctype html><html lang="en"><title>Login failed</title><h1>Login failed</h1><p>${text}</p><p><a href="/auth/login">Try again</a></p></html>\n`,
    )
}
