import { hash } from 'node:crypto'
import type { Caller } from '../../../lib/caller.ts'
import { ShortMemory } from '../../../lib/short-memory.ts'
import type { Platform } from '../../../lib/tenant.ts'
import type { Authenticator } from '../authenticator.ts'
import type { OidcClient } from './oidc-client.ts'
import type { OidcPerson } from './oidc-person.ts'

/** Milliseconds for which a verified JWT is not verified again. */
const trustedFor = 60_000
const mostRemembered = 1000
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/

export interface OidcBearerOptions {
  readonly client: OidcClient
  /** Finds or makes the user of a person. @throws AppError `permission-denied` */
  admit(platform: Platform, person: OidcPerson): Promise<Caller>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Logins with a JWT of the OpenID provider as bearer token. */
export function oidcBearerAuthenticator({ client, admit, now }: OidcBearerOptions): Authenticator {
  const verified = new ShortMemory<{ readonly person: OidcPerson; readonly expires: number }>(
    trustedFor,
    mostRemembered,
  )

  async function personOf(token: string): Promise<OidcPerson | undefined> {
    const digest = hash('sha256', token, 'base64url')
    const known = verified.get(digest, now())
    if (known !== undefined && known.expires > now()) return known.person
    const proven = await client.personOfToken(token)
    if (proven === undefined) return undefined
    verified.set(digest, proven, now())
    return proven.person
  }

  return {
    scheme: 'bearer',
    async verify(credential, facts, platform) {
      if (!jwtForm.test(credential)) return undefined
      const person = await personOf(credential)
      if (person === undefined) facts.note?.("it is no valid token of the OpenID provider's for this server")
      return person && admit(platform, person)
    },
  }
}
