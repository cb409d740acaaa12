import { createPublicKey, type KeyObject } from 'node:crypto'
import { type JWK, jwtVerify, SignJWT } from 'jose'
import type { Platform } from '../../lib/tenant.ts'

/** Who a session token speaks for, and with which key its requests are signed. */
export interface Session {
  /** Id of the user. */
  readonly subject: string
  /** The platform that the user belongs to. */
  readonly platform: Platform
  /** Id of the tenancy, as in the key ids of API keys. */
  readonly tenancy: string
  /** RSA. */
  readonly publicKey: KeyObject
}

/** Name of the server secret with which session tokens are made. */
export const sessionSecretName = 'session-tokens'

const use = { audience: 'runstead-session', algorithm: 'HS256' } as const

/**
 * Makes a session token: a JWT that binds a session's public key to its user. A client signs requests with the private key
 * under the key id `ST$<token>`.
 *
 * @param secret the server's own, 32 bytes or more
 * @param seconds how long it is valid from `now` (epoch milliseconds) on
 */
export async function mintSessionToken(
  secret: Uint8Array,
  session: Session,
  now: number,
  seconds: number,
): Promise<string> {
  const issued = Math.floor(now / 1000)
  return new SignJWT({
    tenancy: session.tenancy,
    platform: session.platform,
    jwk: session.publicKey.export({ format: 'jwk' }),
  })
    .setProtectedHeader({ alg: use.algorithm, typ: 'JWT' })
    .setSubject(session.subject)
    .setAudience(use.audience)
    .setIssuedAt(issued)
    .setExpirationTime(issued + seconds)
    .sign(secret)
}

/**
 * Reads a session token.
 *
 * @param now epoch milliseconds
 * @returns undefined when it is not ours, expired or malformed
 */
export async function readSessionToken(secret: Uint8Array, token: string, now: number): Promise<Session | undefined> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [use.algorithm],
      audience: use.audience,
      requiredClaims: ['sub', 'iat', 'exp', 'tenancy', 'platform', 'jwk'],
      currentDate: new Date(now),
    })
    const claims = payload as { sub: string; tenancy: string; platform: Platform; jwk: JWK }
    const publicKey = createPublicKey({ key: claims.jwk as Record<string, string>, format: 'jwk' })
    return { subject: claims.sub, platform: claims.platform, tenancy: claims.tenancy, publicKey }
  } catch {
    // Whatever is wrong with it, it is no token of ours.
    return undefined
  }
}
