import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'
import type { HttpAddress } from './http-address.ts'
import { type Payload, type PayloadSource, postJson } from './payload.ts'

/** Where requests are sent, and what proves who sends them. */
export interface Manner {
  /** What comes before `/api` in the path: the mount of a workspace. */
  readonly prefix?: string
  /** Bearer token. */
  readonly token?: string
  /** OCI request signatures. */
  readonly signature?: SigningKey & {
    /** How many requests all connections together sign before the time starts; there are no others. */
    readonly requests: number
  }
  /** Whether each request has a retry token of its own. */
  readonly retryTokens?: boolean
}

/** A key that signs requests. */
export interface SigningKey {
  /** `<tenancy>/<user>/<fingerprint>` */
  readonly keyId: string
  readonly privateKeyPem: string
}

/** The header line of a bearer token. */
export function bearer(token: string): string {
  return `Authorization: Bearer ${token}\r\n`
}

/** Makes POSTs of JSON text in a manner. */
export function poster(address: HttpAddress, path: string, manner: Manner = {}): (json: string) => Payload {
  const target = (manner.prefix ?? '') + path
  const fixed = manner.token === undefined ? '' : bearer(manner.token)
  const signed = manner.signature === undefined ? undefined : signer(address, target, manner.signature)
  if (signed === undefined && manner.retryTokens !== true) return (json) => postJson(address, target, json, fixed)
  return (json) => {
    const retry = manner.retryTokens ? `opc-retry-token: ${randomUUID()}\r\n` : ''
    return postJson(address, target, json, fixed + retry + (signed?.(json) ?? ''))
  }
}

/** A source of requests that are made at once. */
export function madeBefore(count: number, next: () => Payload): PayloadSource {
  const payloads = Array.from({ length: count }, next)
  let sent = 0
  return () => payloads[sent++]
}

/** Header lines that sign a POST of `json` as OCI's clients do, version 1. */
function signer({ host, port }: HttpAddress, target: string, { keyId, privateKeyPem }: SigningKey) {
  const key = createPrivateKey(privateKeyPem)
  const names = 'x-date (request-target) host content-length content-type x-content-sha256'
  return (json: string): string => {
    const date = new Date().toUTCString()
    const bodyHash = createHash('sha256').update(json).digest('base64')
    const text =
      `x-date: ${date}\n(request-target): post ${target}\nhost: ${host}:${port}\n` +
      `content-length: ${Buffer.byteLength(json)}\ncontent-type: application/json\nx-content-sha256: ${bodyHash}`
    const signature = sign('RSA-SHA256', Buffer.from(text), key).toString('base64')
    return (
      `x-date: ${date}\r\nx-content-sha256: ${bodyHash}\r\nAuthorization: Signature version="1",keyId="${keyId}",` +
      `algorithm="rsa-sha256",headers="${names}",signature="${signature}"\r\n`
    )
  }
}
