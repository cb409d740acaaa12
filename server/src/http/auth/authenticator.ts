import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'

/** What is known of a request when its credentials are judged. */
export interface RequestFacts {
  readonly method: string
  /** The request target exactly as on the request line, query included. */
  readonly target: string
  /** Name, value, name, value, … as received. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingHttpHeaders
  /** Address of the peer; forwarding headers are not looked at. */
  readonly address: string
  /** Id of the platform in the path; absent where the path names none. */
  readonly platformId?: string
  /** The bytes of the body; `exempt` on routes that stream it; undefined as long as it has not been read. */
  readonly body: Buffer | 'exempt' | undefined
  /** Writes why a credential is refused to the request's log; clients are never told. */
  note?(reason: string): void
}

/**
 * One way to prove who makes a request. A credential that is not good is `undefined`, never an error: every refusal looks
 * the same. `credential` is what follows the scheme in the header, at most 16 KiB.
 */
export interface Authenticator {
  /** Scheme of the `Authorization` header, lower case. Of several with one scheme the first that knows the caller counts. */
  readonly scheme: string
  /** Whether it must see the body of requests that are not streamed. */
  readonly readsBody?: boolean
  /**
   * Judges from memory alone; undefined: ask `verify`. A credential that is recalled is not held back by guesses that others
   * make from the same address or at the same account.
   */
  recall?(credential: string, facts: RequestFacts, platform: Platform): Caller | undefined
  verify(credential: string, facts: RequestFacts, platform: Platform): Promise<Caller | undefined>
  /** The account that the credential claims, for the limit on guesses. */
  accountOf?(credential: string): string | undefined
}
