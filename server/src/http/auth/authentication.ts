import { hash } from 'node:crypto'
import type { IdentityDirectory } from '../../context/identity-directory.ts'
import { AppError } from '../../errors/app-error.ts'
import { notAuthenticated, overloaded } from '../../errors/errors.ts'
import { type Caller, openCaller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { Authenticator, RequestFacts } from './authenticator.ts'
import { type Authorization, readAuthorization } from './authorization-header.ts'
import { FailedLogins, placeOfAddress } from './failed-logins.ts'
import type { CookieLogin } from './session-cookie.ts'

/**
 * Says who makes a request; `body needed` when that cannot be said before the body has been read.
 *
 * @throws AppError `not-authenticated`, the same for every reason; `overloaded` after too many wrong credentials
 */
export type Authenticate = (facts: RequestFacts) => Judgement | Promise<Judgement>

export type Judgement = Caller | 'body needed'

export interface AuthenticationOptions {
  readonly directory: IdentityDirectory
  /** The platform of the path; the default one where the path names none or one that does not exist. */
  platformOf(platformId: string | undefined): Platform | Promise<Platform>
  /** Logins with a browser, for requests without an `Authorization` header. */
  readonly cookieLogin?: CookieLogin
  /** Tried in order. */
  readonly authenticators: readonly Authenticator[]
  /** Whether everyone is let in as long as no identity exists. */
  readonly openWithoutIdentities: boolean
  /** Epoch milliseconds. */
  readonly now: () => number
}

const mostRemembered = 10_000

/** Puts the authenticators behind one door, with the limit on guesses. */
export function createAuthentication(options: AuthenticationOptions): Authenticate {
  const { directory, authenticators, platformOf, now } = options
  const failedLogins = new FailedLogins()
  const byScheme = Map.groupBy(authenticators, ({ scheme }) => scheme)
  const readingBodies = new Set(authenticators.filter(({ readsBody }) => readsBody).map(({ scheme }) => scheme))
  /** Digests of credentials that have been good: they are asked for again even while others guess. */
  const provedGood = new Set<string>()

  return (facts) => {
    const platform = platformOf(facts.platformId)
    return typeof platform === 'number' ? atHome(facts, platform) : platform.then((one) => atHome(facts, one))
  }

  function atHome(facts: RequestFacts, platform: Platform): Judgement | Promise<Judgement> {
    return facts.platformId === undefined || platform === platformOf(undefined)
      ? onPlatform(facts, platform)
      : orAsStranger(facts, platform)
  }

  /** Whom the platform does not know may be known to the default one, as at a platform that does not exist. */
  async function orAsStranger(facts: RequestFacts, platform: Platform): Promise<Judgement> {
    try {
      return await onPlatform(facts, platform)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-authenticated') throw error
      const judgement = await onPlatform(facts, await platformOf(undefined))
      return judgement === 'body needed' ? judgement : { ...judgement, isStranger: true }
    }
  }

  function onPlatform(facts: RequestFacts, platform: Platform): Judgement | Promise<Judgement> {
    const refreshed = directory.refreshed(platform)
    return refreshed === undefined ? judge(facts, platform) : refreshed.then(() => judge(facts, platform))
  }

  function judge(facts: RequestFacts, platform: Platform): Judgement | Promise<Judgement> {
    if (!directory.configured && options.openWithoutIdentities) return openCaller
    const authorization = readAuthorization(facts.rawHeaders)
    if (authorization === undefined) return byCookie(facts, platform)
    if (authorization === 'malformed') return refuse([placeOfAddress(facts.address)], 'malformed')
    const able = byScheme.get(authorization.scheme) ?? []
    if (facts.body === undefined && readingBodies.has(authorization.scheme)) return 'body needed'
    for (const authenticator of able) {
      const caller = authenticator.recall?.(authorization.credential, facts, platform)
      if (caller !== undefined) return caller
    }
    return verify(able, authorization, facts, platform)
  }

  function byCookie(facts: RequestFacts, platform: Platform): Promise<Caller> {
    if (options.cookieLogin === undefined || facts.headers.cookie === undefined) throw notAuthenticated()
    return options.cookieLogin(facts, platform).then((caller) => caller ?? Promise.reject(notAuthenticated()))
  }

  async function verify(
    able: readonly Authenticator[],
    { scheme, credential }: Authorization,
    facts: RequestFacts,
    platform: Platform,
  ): Promise<Caller> {
    const digest = hash('sha256', `${platform} ${scheme} ${credential}`, 'base64url')
    const account = able
      .map((authenticator) => authenticator.accountOf?.(credential))
      .find((name) => name !== undefined)
    const accountPlace = account === undefined ? undefined : `account ${platform} ${account.slice(0, 256)}`
    const address = placeOfAddress(facts.address)
    const wait = provedGood.has(digest) ? 0 : failedLogins.waitOf(address, accountPlace, now())
    if (wait > 0) throw overloaded('Too many failed logins.', Math.ceil(wait / 1000))
    for (const authenticator of able) {
      const caller = await authenticator.verify(credential, facts, platform)
      if (caller === undefined) continue
      if (accountPlace !== undefined) failedLogins.forget(accountPlace)
      provedGood.add(digest)
      if (provedGood.size > mostRemembered) provedGood.delete(provedGood.values().next().value!)
      return caller
    }
    // One wrong credential is one guess, however many platforms are asked.
    const guess = hash('sha256', `${scheme} ${credential}`, 'base64url')
    return refuse(accountPlace === undefined ? [address] : [address, accountPlace], guess)
  }

  function refuse(places: readonly string[], digest: string): never {
    failedLogins.note(places, digest, now())
    throw notAuthenticated()
  }
}
