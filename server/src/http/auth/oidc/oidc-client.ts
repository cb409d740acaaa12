import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openid from 'openid-client'
import { unavailable } from '../../../errors/errors.ts'
import type { OidcSettings } from '../../../lib/oidc-settings.ts'
import { type OidcPerson, personOfClaims } from './oidc-person.ts'

/** What must be remembered between sending a browser to the provider and its return. */
export interface LoginAttempt {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Whom a JWT speaks for, and until when. */
export interface ProvenPerson {
  readonly person: OidcPerson
  /** Epoch milliseconds. */
  readonly expires: number
}

/** This server as a client of one OpenID provider: authorization code with PKCE, and the provider's JWTs. */
export interface OidcClient {
  /** @returns where to send the browser, and what to remember until it comes back */
  begin(redirectUri: string): Promise<{ readonly location: string; readonly attempt: LoginAttempt }>
  /**
   * @param returned the URL at which the browser came back
   * @returns undefined when the provider refused, or the answer does not belong to the attempt
   */
  finish(returned: URL, attempt: LoginAttempt): Promise<OidcPerson | undefined>
  /** Who a JWT of the provider speaks for; undefined when it is none, not for this server, or expired. */
  personOfToken(token: string): Promise<ProvenPerson | undefined>
}

/** Seconds that clocks may differ. */
const clockTolerance = 30

/** Milliseconds for one request to the provider. */
const requestTimeout = 10_000

/** Signatures a provider's JWT may have: asymmetric ones alone. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * Discovery happens at first use and is tried again until it succeeds, so that a provider which is down keeps nobody from
 * using tokens of this server.
 *
 * @throws unavailable when the provider is out of reach
 */
export function createOidcClient(settings: OidcSettings): OidcClient {
  const discovered = onceSuccessful(() => discover(settings))
  const keys = onceSuccessful(async () => {
    const { jwks_uri } = (await discovered()).serverMetadata()
    if (jwks_uri === undefined) throw new Error('The provider names no jwks_uri.')
    return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: requestTimeout })
  })
  return {
    async begin(redirectUri) {
      const attempt = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      }
      const location = openid.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { location: location.href, attempt }
    },

    async finish(returned, { state, nonce, codeVerifier }) {
      const configuration = await discovered()
      try {
        const tokens = await openid.authorizationCodeGrant(configuration, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) return undefined
        const missing = claims[settings.groupsClaim] === undefined || claims[settings.nameClaim] === undefined
        const more =
          missing && configuration.serverMetadata().userinfo_endpoint !== undefined
            ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
            : {}
        return personOfClaims(settings, claims.iss, claims.sub, { ...more, ...claims })
      } catch (error) {
        if (isRefusal(error)) return undefined
        throw unavailable('The OpenID provider is out of reach.', error)
      }
    },

    async personOfToken(token) {
      const keySet = await keys()
      try {
        const { payload } = await jwtVerify(token, keySet, {
          issuer: settings.issuer,
          audience: settings.audience,
          algorithms,
          clockTolerance,
          requiredClaims: ['sub', 'exp'],
        })
        return {
          person: personOfClaims(settings, settings.issuer, payload.sub!, payload),
          expires: payload.exp! * 1000,
        }
      } catch (error) {
        if (isTimeout(error)) throw unavailable('The OpenID provider is out of reach.', error)
        return undefined
      }
    },
  }
}

async function discover(settings: OidcSettings): Promise<openid.Configuration> {
  const issuer = new URL(settings.issuer)
  const authentication =
    settings.clientSecret === undefined ? openid.None() : openid.ClientSecretPost(settings.clientSecret)
  try {
    return await openid.discovery(
      issuer,
      settings.clientId,
      { [openid.clockTolerance]: clockTolerance },
      authentication,
      {
        timeout: requestTimeout / 1000,
        execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
      },
    )
  } catch (error) {
    throw unavailable(`The OpenID provider ${settings.issuer} is out of reach.`, error)
  }
}

/** Errors that say something about the answer, not about the way to the provider. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof openid.AuthorizationResponseError ||
    error instanceof openid.ResponseBodyError ||
    (error instanceof openid.ClientError && error.code !== 'OAUTH_TIMEOUT')
  )
}

function isTimeout(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'ERR_JWKS_TIMEOUT' || (error instanceof TypeError && error.message === 'fetch failed')
}

/** Runs `work` until it has succeeded once; callers meanwhile share one attempt. */
function onceSuccessful<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined
      throw error
    })
    return result
  }
}
