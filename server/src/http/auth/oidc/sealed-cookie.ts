import { EncryptJWT, jwtDecrypt } from 'jose'

/**
 * Seals a small value for a cookie: encrypted and authenticated, so that a browser can keep what the server must not
 * forget, on any replica.
 *
 * @param secret 32 bytes
 * @param purpose keeps values of one use from being taken for another
 * @param now epoch milliseconds
 */
export async function seal(
  secret: Uint8Array,
  purpose: string,
  value: Readonly<Record<string, unknown>>,
  now: number,
  seconds: number,
): Promise<string> {
  const issued = Math.floor(now / 1000)
  return new EncryptJWT({ value })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setAudience(purpose)
    .setIssuedAt(issued)
    .setExpirationTime(issued + seconds)
    .encrypt(secret)
}

/** Opens what `seal` made; undefined when it is not ours, for another purpose or expired. */
export async function unseal(
  secret: Uint8Array,
  purpose: string,
  sealed: string,
  now: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { payload } = await jwtDecrypt(sealed, secret, {
      audience: purpose,
      requiredClaims: ['exp', 'value'],
      currentDate: new Date(now),
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return payload['value'] as Readonly<Record<string, unknown>>
  } catch {
    // A browser can send anything; whatever is wrong with it, it is no cookie of ours.
    return undefined
  }
}
