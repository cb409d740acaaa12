import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { madeBefore, poster } from './manner.ts'

const address = { host: '127.0.0.1', port: 80 }

test('without a manner a request is that of the stock client; a prefix and a token are put where they belong', () => {
  expect(poster(address, '/api/x')('{}').bytes).toMatch(/^POST \/api\/x HTTP\/1\.1\r\n[\s\S]*\r\n\r\n\{\}$/)
  const { bytes } = poster(address, '/api/x', { prefix: '/m', token: 't', retryTokens: true })('{}')
  expect(bytes).toMatch(
    /^POST \/m\/api\/x HTTP[\s\S]*\r\nAuthorization: Bearer t\r\nopc-retry-token: [\w-]{36}\r\n\r\n\{\}$/,
  )
})

test('a signature covers target, date, host and body', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const signature = { keyId: 'a/b/c', privateKeyPem, requests: 1 }
  const text = String(poster(address, '/api/x', { prefix: '/m', signature })('{"a":1}').bytes)
  const header = (name: string): string => new RegExp(`\r\n${name}: (.*)\r\n`, 'i').exec(text)![1]!
  expect(header('x-content-sha256')).toBe(createHash('sha256').update('{"a":1}').digest('base64'))
  const [, names = '', signed = ''] = /keyId="a\/b\/c",.*headers="(.*)",signature="(.*)"/.exec(header('authorization'))!
  const lines = names
    .split(' ')
    .map((name) => `${name}: ${name === '(request-target)' ? 'post /m/api/x' : header(name)}`)
  expect(verify('RSA-SHA256', Buffer.from(lines.join('\n')), publicKey, Buffer.from(signed, 'base64'))).toBe(true)
})

test('requests that are made before are sent once each', () => {
  let made = 0
  const next = madeBefore(2, () => ({ bytes: String(++made) }))
  expect(made).toBe(2)
  expect([next(''), next(''), next('')]).toEqual([{ bytes: '1' }, { bytes: '2' }, undefined])
})
