import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { SignedRequest } from './verify-signature.ts'
import { readClaim } from './verify-signature.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const now = Date.parse('2026-11-24T12:00:00Z')
const keyId = 'ocid1.tenancy.local..t1/ocid1.user.local..u1/20:3b:97:13:55:1c:aa:66:0c:4a:5e:5d:0e:6c:6c:cd'

interface Changes {
  readonly method?: string
  readonly target?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Names in `headers="…"`. */
  readonly names?: readonly string[]
  readonly key?: typeof keys
  readonly keyId?: string
  readonly algorithm?: string
  readonly version?: string
}

/** A request signed as Oracle's clients do it. */
function signed(changes: Changes = {}): SignedRequest {
  const method = changes.method ?? 'GET'
  const target = changes.target ?? '/20260430/aiDataPlatforms/p/x?a=b'
  const body = Buffer.from(changes.body ?? '')
  const withBody = ['POST', 'PUT', 'PATCH'].includes(method)
  const headers: Record<string, string> = {
    'x-date': new Date(now).toUTCString(),
    Host: '127.0.0.1:5000',
    ...(withBody && {
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      'x-content-sha256': createHash('sha256').update(body).digest('base64'),
    }),
    ...changes.headers,
  }
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const names = changes.names ?? ['x-date', '(request-target)', 'host', ...(withBody ? bodyNames : [])]
  const lines = names.map((name) =>
    name === '(request-target)'
      ? `(request-target): ${method.toLowerCase()} ${target}`
      : `${name.toLowerCase()}: ${byName.get(name.toLowerCase())}`,
  )
  const signature = sign('RSA-SHA256', Buffer.from(lines.join('\n')), (changes.key ?? keys).privateKey).toString(
    'base64',
  )
  const authorization = `Signature version="${changes.version ?? '1'}",keyId="${changes.keyId ?? keyId}",algorithm="${changes.algorithm ?? 'rsa-sha256'}",headers="${names.join(' ')}",signature="${signature}"`
  return { method, target, rawHeaders: [...Object.entries(headers).flat(), 'Authorization', authorization], body }
}

const bodyNames = ['Content-Type', 'Content-Length', 'x-content-sha256']

async function verdictOn(request: SignedRequest, { legacyTargets = true, at = now } = {}) {
  const claim = readClaim(request, at)
  if ('refused' in claim) return claim
  if (claim.keyId !== keyId) return { refused: 'unknown key' }
  const problem = claim.problemWith(keys.publicKey, legacyTargets)
  return problem === undefined ? { owner: 'u1' } : { refused: problem }
}

describe('a request signature', () => {
  test.each(['GET', 'HEAD', 'DELETE'])('of %s is accepted', async (method) => {
    expect(await verdictOn(signed({ method }))).toEqual({ owner: 'u1' })
  })

  test.each(['', '{}', '{"name":"ü"}', 'x'.repeat(1_000_000)])('of POST covers the body', async (body) => {
    expect(await verdictOn(signed({ method: 'POST', body }))).toEqual({ owner: 'u1' })
  })

  test('takes date in place of x-date, and another order of names', async () => {
    const date = { date: new Date(now).toUTCString() }
    expect(await verdictOn(signed({ headers: date, names: ['date', '(request-target)', 'host'] }))).toEqual({
      owner: 'u1',
    })
  })

  test('is judged by x-date where both dates are signed', async () => {
    const stale = { date: new Date(now - 3_600_000).toUTCString() }
    const names = ['date', 'x-date', '(request-target)', 'host']
    expect(await verdictOn(signed({ headers: stale, names }))).toEqual({ owner: 'u1' })
  })

  test.each([-4, 4])('is good with a clock that is %d minutes off', async (minutes) => {
    expect(await verdictOn(signed(), { at: now + minutes * 60_000 })).toEqual({ owner: 'u1' })
  })

  test.each([-6, 6])('is refused with a clock that is %d minutes off', async (minutes) => {
    expect(await verdictOn(signed(), { at: now + minutes * 60_000 })).toHaveProperty('refused')
  })

  const altered: Record<string, SignedRequest> = {
    'of another key': signed({ key: otherKeys }),
    'of an unknown key id': signed({ keyId: 'a/b/c' }),
    'of another algorithm': signed({ algorithm: 'rsa-sha1' }),
    'of version 2': signed({ version: '2' }),
    'with another method': { ...signed(), method: 'DELETE' },
    'with another target': { ...signed(), target: '/20260430/aiDataPlatforms/q/x?a=b' },
    'with its query decoded': { ...signed({ target: '/x?a=%41' }), target: '/x?a=A' },
    'with another body': { ...signed({ method: 'POST', body: '{"a":1}' }), body: Buffer.from('{"a":2}') },
    'with a body that no hash covers': { ...signed({ method: 'DELETE' }), body: Buffer.from('{}') },
    'without a signed target': signed({ names: ['x-date', 'host'] }),
    'without a signed host': signed({ names: ['x-date', '(request-target)'] }),
    'without a signed date': signed({ names: ['(request-target)', 'host'] }),
    'without a signed body': signed({ method: 'POST', body: '{}', names: ['x-date', '(request-target)', 'host'] }),
    'with an unsigned delegation token': signed({ headers: { 'opc-obo-token': 't' } }),
    'with a date of another form': signed({ headers: { 'x-date': '2026-11-24T12:00:00Z' } }),
    'with a wrong length': signed({ method: 'POST', body: '{}', headers: { 'Content-Length': '3' } }),
  }
  test.each(Object.entries(altered))('%s is refused', async (_what, request) => {
    expect(await verdictOn(request)).toHaveProperty('refused')
  })

  test('is refused when a signed header or the Authorization header is repeated', async () => {
    const request = signed()
    for (const name of ['Host', 'x-date', 'authorization']) {
      const value = request.rawHeaders[request.rawHeaders.findIndex((n) => n.toLowerCase() === name.toLowerCase()) + 1]!
      const repeated = { ...request, rawHeaders: [...request.rawHeaders, name, value] }
      expect(await verdictOn(repeated), name).toHaveProperty('refused')
    }
  })

  test.each([
    'Signature',
    'Signature version="1"',
    'Signature version="1",keyId="a",keyId="a",algorithm="rsa-sha256",headers="date",signature="eA=="',
    'Signature version="1",keyId=a,algorithm="rsa-sha256",headers="date",signature="eA=="',
    'Signature version="1",keyId="a",algorithm="rsa-sha256",signature="eA=="',
    'Signature version="1",keyId="a",algorithm="rsa-sha256",headers="date",signature="eA==",extra="x"',
    `Signature version="1",keyId="${'a'.repeat(70_000)}",algorithm="rsa-sha256",headers="date",signature="eA=="`,
    'Bearer x',
  ])('is refused when its header is malformed (%#)', async (authorization) => {
    const { rawHeaders, ...request } = signed()
    expect(await verdictOn({ ...request, rawHeaders: [...rawHeaders.slice(0, -1), authorization] })).toHaveProperty(
      'refused',
    )
  })

  test('as older clients make it is accepted while the setting says so', async () => {
    const sent = '/x?filter=`tag`%20=%20{%C3%A9}'
    const literal = signed({ target: '/x?filter=%60tag%60%20=%20%7B%C3%A9%7D' })
    const text = signed({ target: '/x?filter=%60tag%60%20=%20%7Bé%7D' })
    for (const request of [literal, text]) {
      expect(await verdictOn({ ...request, target: sent })).toEqual({ owner: 'u1' })
      expect(await verdictOn({ ...request, target: sent }, { legacyTargets: false })).toHaveProperty('refused')
    }
  })

  test('leaves the body out on routes that stream it', async () => {
    const request = signed({ method: 'PUT', names: ['x-date', '(request-target)', 'host'] })
    expect(await verdictOn({ ...request, body: 'exempt' })).toEqual({ owner: 'u1' })
  })
})
