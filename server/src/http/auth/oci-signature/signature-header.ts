/** The parts of `Authorization: Signature …` that verification needs. */
export interface SignatureHeader {
  readonly keyId: string
  readonly algorithm: string
  /** Names of the signed headers in the order of the signing string, lower case. */
  readonly headers: readonly string[]
  /** Standard base64 with padding. */
  readonly signature: string
}

const parameter = /\s*([A-Za-z]+)="([^"]*)"\s*(?:,|$)/y
const known = new Set(['version', 'keyId', 'algorithm', 'headers', 'signature'])

/** Bytes of the longest header that is read: a session token and a signature fit many times. */
const longestHeader = 16_384

/**
 * Reads the header of an OCI request signature, version 1 (draft-cavage-http-signatures-08 with Oracle's `version`).
 * The order of the parameters is free; none may be repeated or missing.
 *
 * @returns undefined when it is malformed
 */
export function parseSignatureHeader(authorization: string): SignatureHeader | undefined {
  if (authorization.length > longestHeader) return undefined
  const scheme = /^Signature\s+/i.exec(authorization)
  if (scheme === null) return undefined
  const found = new Map<string, string>()
  parameter.lastIndex = scheme[0].length
  while (parameter.lastIndex < authorization.length) {
    const match = parameter.exec(authorization)
    if (match === null) return undefined
    const [, name = '', value = ''] = match
    if (!known.has(name) || found.has(name)) return undefined
    found.set(name, value)
  }
  const keyId = found.get('keyId')
  const algorithm = found.get('algorithm')
  const headers = found.get('headers')
  const signature = found.get('signature')
  if (found.get('version') !== '1') return undefined
  if (!keyId || !algorithm || !headers || !signature) return undefined
  return { keyId, algorithm, headers: headers.toLowerCase().split(' '), signature }
}
