import type { KeyObject } from 'node:crypto'
import type { IdentityDirectory } from '../../../context/identity-directory.ts'
import type { Caller } from '../../../lib/caller.ts'
import type { Platform } from '../../../lib/tenant.ts'
import type { Authenticator, RequestFacts } from '../authenticator.ts'
import { type Claim, readClaim } from './verify-signature.ts'

/** What key ids of session tokens start with. */
const sessionPrefix = 'ST$'

/** What a session token binds together. */
interface Session {
  /** Id of the user. */
  readonly subject: string
  readonly platform: Platform
  readonly publicKey: KeyObject
}

export interface SignatureOptions {
  readonly directory: IdentityDirectory
  /** Reads a session token; undefined when it is not ours or expired. */
  sessionOf(token: string): Promise<Session | undefined>
  /** Whether targets as older clients sign them are tried as well. */
  readonly legacyTargets: boolean
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Logins by OCI request signature: with a registered API key, or with the key that a session token of ours is bound to. */
export function signatureAuthenticator(options: SignatureOptions): Authenticator {
  const { directory, legacyTargets, now } = options

  /** The request's claim, when everything but its key is right; the reason against it goes to the log. */
  const claimOf = (facts: RequestFacts): Claim | undefined => {
    if (facts.body === undefined) return undefined
    const claim = readClaim({ ...facts, body: facts.body }, now())
    if (!('refused' in claim)) return claim
    facts.note?.(claim.refused)
    return undefined
  }
  const good = (claim: Claim, publicKey: KeyObject, facts: RequestFacts): boolean => {
    const problem = claim.problemWith(publicKey, legacyTargets)
    if (problem !== undefined) facts.note?.(problem)
    return problem === undefined
  }

  return {
    scheme: 'signature',
    readsBody: true,
    recall(_credential, facts, platform) {
      const claim = claimOf(facts)
      const key = claim && directory.recallKey(platform, claim.keyId)
      if (claim === undefined || key === undefined || !good(claim, key.publicKey, facts)) return undefined
      directory.keyUsed(platform, claim.keyId, now())
      return key.caller
    },
    async verify(_credential, facts, platform) {
      const claim = claimOf(facts)
      if (claim === undefined) return undefined
      if (claim.keyId.startsWith(sessionPrefix)) return verifySession(claim, facts, platform)
      const key = await directory.findKey(platform, claim.keyId)
      if (key === undefined) facts.note?.('the key is unknown or disabled')
      if (key === undefined || !good(claim, key.publicKey, facts)) return undefined
      directory.keyUsed(platform, claim.keyId, now())
      return key.caller
    },
  }

  async function verifySession(claim: Claim, facts: RequestFacts, platform: Platform): Promise<Caller | undefined> {
    const session = await options.sessionOf(claim.keyId.slice(sessionPrefix.length))
    if (session === undefined || session.platform !== platform) {
      facts.note?.('the session token is not ours, expired or of another platform')
      return undefined
    }
    return good(claim, session.publicKey, facts) ? directory.findUser(platform, session.subject) : undefined
  }
}
