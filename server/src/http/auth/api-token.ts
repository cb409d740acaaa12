import type { IdentityDirectory, KnownToken } from '../../context/identity-directory.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'
import { tokenDigest } from '../../lib/token-digest.ts'
import type { Authenticator } from './authenticator.ts'

/** User name of a Basic login that names nobody in particular. */
const anyUser = 'token'
const longestBasic = 1024

/**
 * Logins with an API token: as `Bearer`, and as the password of `Basic` with the owner's name (or `token`) as the user name.
 * Tokens are looked up by their SHA-256, so how long a look-up takes says nothing about any token.
 */
export function apiTokenAuthenticators(directory: IdentityDirectory, now: () => number): Authenticator[] {
  const callerOf = (token: KnownToken | undefined, platform: Platform, user?: string): Caller | undefined => {
    if (token === undefined || (token.expires !== undefined && token.expires <= now())) return undefined
    if (user !== undefined && user !== anyUser && user !== token.caller.name) return undefined
    directory.tokenUsed(platform, token.id, now())
    return token.caller
  }
  return [
    {
      scheme: 'bearer',
      recall(credential, _facts, platform) {
        const digest = tokenDigest(credential)
        return digest === undefined ? undefined : callerOf(directory.recallToken(platform, digest), platform)
      },
      async verify(credential, _facts, platform) {
        const digest = tokenDigest(credential)
        return digest === undefined ? undefined : callerOf(await directory.findToken(platform, digest), platform)
      },
    },
    {
      scheme: 'basic',
      recall(credential, _facts, platform) {
        const login = readBasic(credential)
        if (login?.digest === undefined) return undefined
        return callerOf(directory.recallToken(platform, login.digest), platform, login.user)
      },
      async verify(credential, _facts, platform) {
        const login = readBasic(credential)
        if (login?.digest === undefined) return undefined
        return callerOf(await directory.findToken(platform, login.digest), platform, login.user)
      },
      accountOf(credential) {
        const user = readBasic(credential)?.user
        return user === anyUser ? undefined : user
      },
    },
  ]
}

/** @returns undefined when it is no base64 of `user:password`; `digest` is absent when the password is no token */
function readBasic(credential: string): { user: string; digest: string | undefined } | undefined {
  if (credential.length > longestBasic || !/^[A-Za-z0-9+/]+={0,2}$/.test(credential)) return undefined
  const text = Buffer.from(credential, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { user: text.slice(0, colon), digest: tokenDigest(text.slice(colon + 1)) }
}
