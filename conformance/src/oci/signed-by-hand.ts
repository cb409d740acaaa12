import { createHash, sign } from 'node:crypto'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type OciUser, workspaceApi } from './oci-client.ts'

/** What of a right request is altered. */
export interface Alteration {
  readonly minutesOff?: number
  readonly signedBody?: string
  readonly sentBody?: string
  /** The target that is signed. */
  readonly target?: string
  /** What is signed. */
  readonly names?: readonly string[]
  /** Sent, and signed when `names` has them. */
  readonly moreHeaders?: Readonly<Record<string, string>>
  /** A header that is sent a second time with the same value. */
  readonly repeated?: string
}

export interface HandSignedAnswer {
  readonly status: number
  readonly date: string | undefined
  readonly text: string
}

/** What the package `oci-common` signs of a request with a body. */
export const usualNames: readonly string[] = [
  'x-date',
  '(request-target)',
  'host',
  'content-type',
  'content-length',
  'x-content-sha256',
]

/** Sends a search of experiments that is signed by hand, to send what no client would. */
export async function signedByHand(serverUrl: string, user: OciUser, change: Alteration): Promise<HandSignedAnswer> {
  const url = new URL(`${serverUrl}/20260430${workspaceApi}/experiments/search`)
  const signedBody = change.signedBody ?? '{"max_results":1}'
  const headers: Record<string, string> = {
    host: url.host,
    'x-date': new Date(Date.now() + (change.minutesOff ?? 0) * 60_000).toUTCString(),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(signedBody)),
    'x-content-sha256': createHash('sha256').update(signedBody).digest('base64'),
    ...change.moreHeaders,
  }
  const names = change.names ?? usualNames
  const lines = names.map((name) =>
    name === '(request-target)' ? `${name}: post ${change.target ?? url.pathname}` : `${name}: ${headers[name]}`,
  )
  const signature = sign('RSA-SHA256', Buffer.from(lines.join('\n')), user.privateKeyPem).toString('base64')
  const keyId = `${user.tenancy}/${user.user}/${user.fingerprint}`
  headers['authorization'] =
    `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names.join(' ')}",signature="${signature}"`
  const { repeated } = change
  const sent = [
    ...Object.entries(headers),
    ...(repeated === undefined ? [] : [[repeated, headers[repeated]!] as const]),
  ]
  const { promise, resolve, reject } = Promise.withResolvers<HandSignedAnswer>()
  request(url, { method: 'POST', headers: sent.flat(), agent: false }, (answer) => {
    text(answer).then((body) => resolve({ status: answer.statusCode!, date: answer.headers.date, text: body }), reject)
  })
    .on('error', reject)
    .end(change.sentBody ?? signedBody)
  return promise
}
