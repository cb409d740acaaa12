import { createHash, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { legacyTargets } from './legacy-targets.ts'
import { parseSignatureHeader, type SignatureHeader } from './signature-header.ts'
import { type ReceivedRequest, signingString, valuesOf } from './signing-string.ts'

export interface SignedRequest extends ReceivedRequest {
  /** The raw bytes of the body; `exempt` on the routes that stream artifacts, whose body no hash can precede. */
  readonly body: Uint8Array | 'exempt'
}

/** A signature that can be judged once its key is known. */
export interface Claim {
  /** `<tenancy>/<user>/<fingerprint>` or `ST$<token>`. */
  readonly keyId: string
  /**
   * @param legacyTargets whether targets as older clients sign them are tried as well
   * @returns why it is refused; undefined when it is good
   */
  problemWith(publicKey: KeyObject, legacyTargets: boolean): string | undefined
}

/** Milliseconds that a client's clock may be ahead or behind. */
const mostSkew = 5 * 60_000

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])
const bodyHeaders = ['content-length', 'content-type', 'x-content-sha256']

/**
 * Judges everything of an OCI request signature, version 1, that needs no key: the header, what it covers, the clock and
 * the body (the rules of Oracle's REST API signing). The signature itself is RSA PKCS#1 v1.5 with SHA-256. There is no
 * replay cache: version 1 has no nonce, and an honest retry within one second carries the same signature.
 *
 * @param now epoch milliseconds
 * @returns the claim, or why it is refused: for the log, never for the client
 */
export function readClaim(request: SignedRequest, now: number): Claim | { readonly refused: string } {
  const authorizations = valuesOf(request, 'authorization')
  if (authorizations.length !== 1) return { refused: 'Authorization is absent or repeated' }
  const header = parseSignatureHeader(authorizations[0]!)
  if (header === undefined) return { refused: 'the Signature header is malformed' }
  if (header.algorithm !== 'rsa-sha256') return { refused: 'the algorithm is not rsa-sha256' }
  const problem = missingName(request, header) ?? timeProblem(request, header, now) ?? bodyProblem(request, header)
  if (problem !== undefined) return { refused: problem }
  return {
    keyId: header.keyId,
    problemWith: (publicKey, legacy) => signatureProblem(request, header, publicKey, legacy),
  }
}

function signatureProblem(
  request: SignedRequest,
  header: SignatureHeader,
  publicKey: KeyObject,
  legacy: boolean,
): string | undefined {
  if (publicKey.asymmetricKeyType !== 'rsa') return 'the key is no RSA key'
  const signature = Buffer.from(header.signature, 'base64')
  const signed = signingString(request, header.headers)
  if (signed === undefined) return 'a signed header is absent or repeated'
  if (verify('RSA-SHA256', signed, publicKey, signature)) return undefined
  for (const target of legacy ? legacyTargets(request.target) : []) {
    const other = signingString(request, header.headers, target)
    if (other !== undefined && verify('RSA-SHA256', other, publicKey, signature)) return undefined
  }
  return 'the signature does not match'
}

function missingName(request: SignedRequest, { headers }: SignatureHeader): string | undefined {
  const names = new Set(headers)
  if (names.size !== headers.length) return 'a header is listed twice'
  const required = ['(request-target)', 'host']
  if (methodsWithBody.has(request.method) && request.body !== 'exempt') required.push(...bodyHeaders)
  if (valuesOf(request, 'opc-obo-token').length > 0) required.push('opc-obo-token')
  const missing = required.find((name) => !names.has(name))
  if (missing !== undefined) return `${missing} is not signed`
  return names.has('x-date') || names.has('date') ? undefined : 'neither x-date nor date is signed'
}

const rfc1123 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

function timeProblem(request: SignedRequest, { headers }: SignatureHeader, now: number): string | undefined {
  const name = headers.includes('x-date') ? 'x-date' : 'date'
  const values = valuesOf(request, name)
  if (values.length !== 1) return `${name} is absent or repeated`
  const value = values[0]!.trim()
  const time = rfc1123.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) return `${name} is no RFC 1123 time`
  return Math.abs(time - now) > mostSkew ? `${name} is more than 5 minutes off` : undefined
}

/** Whether length and hash belong to the bytes that came. A body that no hash covers is refused for every method. */
function bodyProblem(request: SignedRequest, { headers }: SignatureHeader): string | undefined {
  const { body } = request
  if (body === 'exempt') return undefined
  if (!headers.includes('x-content-sha256')) return body.length === 0 ? undefined : 'the body is not signed'
  const hashes = valuesOf(request, 'x-content-sha256')
  if (hashes.length !== 1) return 'x-content-sha256 is absent or repeated'
  const lengths = valuesOf(request, 'content-length')
  if (lengths.length !== 1 || lengths[0]!.trim() !== String(body.length))
    return 'content-length is not that of the body'
  const expected = createHash('sha256').update(body).digest()
  const given = Buffer.from(hashes[0]!, 'base64')
  const equal = given.length === expected.length && timingSafeEqual(given, expected)
  return equal ? undefined : 'x-content-sha256 is not that of the body'
}
