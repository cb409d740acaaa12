import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { platformOf } from '../../lib/tenant.ts'
import { mintSessionToken, readSessionToken } from './session-token.ts'

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const secret = randomBytes(32)
const now = Date.parse('2026-11-24T12:00:00Z')
const session = {
  subject: 'ocid1.user.local..u1',
  tenancy: 'ocid1.tenancy.local..t1',
  platform: platformOf(3),
  publicKey,
}

test('a session token gives back who it speaks for and the key', async () => {
  const token = await mintSessionToken(secret, session, now, 3600)
  const read = await readSessionToken(secret, token, now + 3_599_000)
  expect(read).toMatchObject({ subject: session.subject, tenancy: session.tenancy, platform: 3 })
  expect(read?.publicKey.equals(publicKey)).toBe(true)
})

test('an expired, foreign or altered token is none', async () => {
  const token = await mintSessionToken(secret, session, now, 3600)
  const [head, payload, signature] = token.split('.')
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  expect(await readSessionToken(secret, token, now + 3_601_000)).toBeUndefined()
  expect(await readSessionToken(randomBytes(32), token, now)).toBeUndefined()
  expect(await readSessionToken(secret, `${head}.${payload}x.${signature}`, now)).toBeUndefined()
  expect(await readSessionToken(secret, none, now)).toBeUndefined()
  expect(await readSessionToken(secret, 'x', now)).toBeUndefined()
})
