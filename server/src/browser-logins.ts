import type { FastifyInstance } from 'fastify'
import type { ServerConfig } from './config/server-config.ts'
import type { IdentityDirectory } from './context/identity-directory.ts'
import type { Database } from './db/database.ts'
import { serverSecret } from './db/server-secret.ts'
import { createLogins } from './features/logins/logins.ts'
import type { AuthenticationOptions } from './http/auth/authentication.ts'
import type { Authenticator } from './http/auth/authenticator.ts'
import { loginRoutes } from './http/auth/login-routes.ts'
import { oidcBearerAuthenticator } from './http/auth/oidc/oidc-bearer.ts'
import { createOidcClient } from './http/auth/oidc/oidc-client.ts'
import { type CookieLogin, sessionCookieLogin } from './http/auth/session-cookie.ts'

/** The parts by which people log in with a browser; none without an OpenID provider. */
export interface BrowserLogins {
  readonly authenticators: readonly Authenticator[]
  readonly cookieLogin?: CookieLogin
  readonly plugins: readonly ((server: FastifyInstance) => void)[]
}

/** Puts the parts together by which people log in with a browser. */
export async function openBrowserLogins(
  db: Database,
  identities: IdentityDirectory,
  platformOf: AuthenticationOptions['platformOf'],
  { oidc, publicUrl, sessionSeconds }: ServerConfig,
): Promise<BrowserLogins> {
  if (oidc === undefined) return { authenticators: [], plugins: [] }
  const now = Date.now
  const client = createOidcClient(oidc)
  const logins = createLogins({ db, identities, now, sessionSeconds })
  // Browsers take a cookie of this name from the host itself alone, and over TLS alone.
  const cookieName = publicUrl.startsWith('https:') ? '__Host-runstead' : 'runstead_session'
  const secret = await serverSecret(db, 'login-attempts', now())
  return {
    authenticators: [oidcBearerAuthenticator({ client, admit: logins.admit, now })],
    cookieLogin: sessionCookieLogin({
      cookieName,
      origin: new URL(publicUrl).origin,
      callerOf: logins.callerOf,
    }),
    plugins: [loginRoutes({ ...logins, client, publicUrl, secret, cookieName, sessionSeconds, platformOf, now })],
  }
}
