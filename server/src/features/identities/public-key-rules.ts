import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { invalidParameter } from '../../errors/errors.ts'

const longestPem = 16_384
const fewestBits = 2048
const mostBits = 8192

/** A public key for request signatures: its canonical PEM and its fingerprint as OCI writes it. */
export interface PublicKey {
  readonly pem: string
  /** MD5 of the DER form: 16 pairs of lower-case hex digits with `:` between. */
  readonly fingerprint: string
}

/**
 * Reads a public key: PEM, `BEGIN PUBLIC KEY`, RSA of 2048 bit or more (the rule of OCI's API keys).
 *
 * @throws AppError `invalid-parameter`, which never quotes the text
 */
export function readPublicKey(text: string): PublicKey {
  const refuse = (problem: string) => invalidParameter(`'public_key' ${problem}`, { field: 'public_key' })
  if (/PRIVATE KEY/.test(text)) {
    throw refuse('is a private key: keep that to yourself, and give the public one (openssl rsa -pubout).')
  }
  const pem = text.trim()
  if (pem.length > longestPem || !/^-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----$/.test(pem)) {
    throw refuse('must be one PEM block that begins with -----BEGIN PUBLIC KEY-----.')
  }
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    throw refuse('cannot be read.')
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < fewestBits || bits > mostBits) {
    throw refuse(`must be an RSA key of ${fewestBits} to ${mostBits} bit.`)
  }
  const digest = createHash('md5')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return {
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: digest.match(/../g)!.join(':'),
  }
}
