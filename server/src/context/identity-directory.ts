import type { KeyObject } from 'node:crypto'
import type { Caller } from '../lib/caller.ts'
import type { Platform } from '../lib/tenant.ts'

/** A token that is neither revoked nor of a disabled user. */
export interface KnownToken {
  readonly id: string
  /** Its owner, with the limits of the token. */
  readonly caller: Caller
  /** Epoch milliseconds from which on it is refused; absent: never. Not checked by the directory. */
  readonly expires?: number
}

/** An enabled key of an enabled user. */
export interface KnownKey {
  readonly caller: Caller
  /** RSA, 2048 bit or more. */
  readonly publicKey: KeyObject
}

/**
 * Users, tokens and keys as the gate asks for them, mostly from memory. What this process changes is gone from memory at
 * once (`changed`); what others change, another replica or the command line, within a second (`refreshed`).
 */
export interface IdentityDirectory {
  /** Whether any identity exists on any platform; as of the last `refreshed`. */
  readonly configured: boolean
  /** Makes sure that what is remembered of a platform is at most a second old; undefined when it is. */
  refreshed(platform: Platform): Promise<void> | undefined
  /** Forgets what is remembered of a platform. To be called after every commit that changes identities. */
  changed(platform: Platform): void

  /** From memory alone. @param digest see `tokenDigest` */
  recallToken(platform: Platform, digest: string): KnownToken | undefined
  findToken(platform: Platform, digest: string): Promise<KnownToken | undefined>
  /** From memory alone. @param keyId `<tenancy>/<user id>/<fingerprint>` */
  recallKey(platform: Platform, keyId: string): KnownKey | undefined
  findKey(platform: Platform, keyId: string): Promise<KnownKey | undefined>
  /** The user as a caller; undefined when unknown or disabled. */
  findUser(platform: Platform, userId: string): Promise<Caller | undefined>

  /** Notes that a token was used at `now`; it is written later, together with others. */
  tokenUsed(platform: Platform, tokenId: string, now: number): void
  /** Notes that a key was used at `now`. */
  keyUsed(platform: Platform, keyId: string, now: number): void
}
