import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const users = '/2.0/runstead/users'

function publicKey(bits = 2048): string {
  return generateKeyPairSync('rsa', { modulusLength: bits })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
}

describe.each(databases)('tokens and keys on %s', (engine) => {
  let server: TestServer
  let root: TestUser
  let ann: TestUser
  beforeAll(async () => {
    server = await startTestServer(engine)
    root = await makeAdministrator(server)
    ann = await makeUser(server, root.mlflow, { name: 'ann' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('a token is shown once, works, and is refused at once when it is revoked', async () => {
    const made = await ann.mlflow.post(`${users}/me/tokens`, { name: 'laptop' })
    expect(made).toMatchObject({ status: 200, body: { token: { name: 'laptop', access: 'write' } } })
    const { token, secret } = made.body
    expect(secret).toMatch(/^rst_[A-Za-z0-9_-]{43}$/)
    const listed = await ann.mlflow.get(`${users}/me/tokens`)
    expect(listed.text).not.toContain(secret)
    expect(listed.body.tokens.map(({ name }: { name: string }) => name)).toEqual(['test', 'laptop'])
    const rows = await server.db.read.selectFrom('api_tokens').selectAll().where('tenant', '=', 1).execute()
    expect(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      secret,
    )
    const bearer = server.as(`Bearer ${secret}`)
    expect((await bearer.mlflow.get(`${users}/me`)).status).toBe(200)
    const revoked = await ann.mlflow.delete(`${users}/me/tokens/${token.id}`)
    expect(revoked.body.token.revocation_time).toBeGreaterThan(0)
    expect((await bearer.mlflow.get(`${users}/me`)).status).toBe(401)
    expect((await ann.mlflow.delete(`${users}/me/tokens/${token.id}`)).body.token.revocation_time).toBe(
      revoked.body.token.revocation_time,
    )
  })

  test('a token ends', async () => {
    const expiration_time = Date.now() + 1000
    const { secret } = (await ann.mlflow.post(`${users}/me/tokens`, { name: 'short', expiration_time })).body
    const bearer = server.as(`Bearer ${secret}`)
    const before = await bearer.mlflow.get(`${users}/me`)
    // On a machine that is busy enough the time may be over already.
    expect(before.status).toBe(Date.now() < expiration_time ? 200 : before.status)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiration_time - Date.now()) + 20))
    expect((await bearer.mlflow.get(`${users}/me`)).status).toBe(401)
    const past = await ann.mlflow.post(`${users}/me/tokens`, { name: 'past', expiration_time: Date.now() - 1 })
    expect(past.body.message).toContain("'expiration_time'")
  })

  test('a token may be limited to workspaces that exist', async () => {
    const made = await ann.mlflow.post(`${users}/me/tokens`, { name: 'limited', workspaces: ['default'] })
    expect(made.body.token.workspaces).toEqual(['default'])
    const wrong = await ann.mlflow.post(`${users}/me/tokens`, { name: 'limited', workspaces: ['default', 'nowhere'] })
    expect(wrong).toMatchObject({ status: 400, body: { message: expect.stringContaining("'nowhere'") } })
  })

  test('a lesser token cannot make itself a greater one', async () => {
    for (const lesser of [{ access: 'read' }, { access: 'write' }, { access: 'admin', workspaces: ['default'] }]) {
      const { secret, token } = (await ann.mlflow.post(`${users}/me/tokens`, { name: 'lesser', ...lesser })).body
      const { mlflow } = server.as(`Bearer ${secret}`)
      expect((await mlflow.post(`${users}/me/tokens`, { name: 'more', access: 'admin' })).status).toBe(403)
      expect((await mlflow.post(`${users}/me/keys`, { public_key: publicKey() })).status).toBe(403)
      const [other] = (await mlflow.get(`${users}/me/tokens`)).body.tokens
      expect((await mlflow.delete(`${users}/me/tokens/${other.id}`)).status).toBe(403)
      expect((await mlflow.delete(`${users}/me/tokens/${token.id}`)).status).toBe(200)
    }
  })

  test('administrators manage the credentials of others, nobody else does', async () => {
    const bob = await makeUser(server, root.mlflow, { name: 'bob' })
    expect((await bob.mlflow.get(`${users}/ann/tokens`)).status).toBe(403)
    expect((await bob.mlflow.post(`${users}/${ann.id}/tokens`, { name: 'x' })).status).toBe(403)
    const foreign = (await ann.mlflow.get(`${users}/me/tokens`)).body.tokens[0]
    expect((await bob.mlflow.delete(`${users}/me/tokens/${foreign.id}`)).status).toBe(404)
    const { secret } = (await root.mlflow.post(`${users}/bob/tokens`, { name: 'by root' })).body
    expect((await server.as(`Bearer ${secret}`).mlflow.get(`${users}/me`)).body.user.name).toBe('bob')
  })

  test('keys: three at most, RSA of 2048 bit or more, disabled and deleted', async () => {
    const keys = `${users}/ann/keys`
    const first = (await ann.mlflow.post(keys, { public_key: publicKey() })).body.key
    expect(first.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/)
    expect(first.key_id).toBe(`ocid1.tenancy.local..default/${ann.id}/${first.fingerprint}`)
    expect((await ann.mlflow.post(keys, { public_key: first.public_key })).body.error_code).toBe(
      'RESOURCE_ALREADY_EXISTS',
    )
    const tenancy = 'ocid1.tenancy.oc1..aaaa'
    const second = (await ann.mlflow.post(keys, { public_key: publicKey(3072), tenancy })).body.key
    expect(second.key_id).toBe(`${tenancy}/${ann.id}/${second.fingerprint}`)
    expect((await ann.mlflow.post(keys, { public_key: publicKey() })).status).toBe(200)
    const fourth = await ann.mlflow.post(keys, { public_key: publicKey() })
    expect(fourth).toMatchObject({ status: 400, body: { message: expect.stringContaining('3 keys') } })
    const disabled = await ann.mlflow.patch(`${keys}/${first.fingerprint}`, { disabled: true })
    expect(disabled.body.key.disabled).toBe(true)
    expect((await ann.mlflow.delete(`${keys}/${first.fingerprint}`)).status).toBe(200)
    expect((await ann.mlflow.delete(`${keys}/${first.fingerprint}`)).status).toBe(404)
    expect((await ann.mlflow.get(keys)).body.keys).toHaveLength(2)
  })

  test('what is no such key is refused without being quoted', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const secret = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const small = publicKey(1024)
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const ec = curve.export({ type: 'spki', format: 'pem' }).toString()
    for (const public_key of [
      secret,
      small,
      ec,
      'ssh-rsa AAAA',
      `${pair.publicKey.export({ type: 'spki', format: 'pem' })}x`,
    ]) {
      const answer = await ann.mlflow.post(`${users}/me/keys`, { public_key })
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
      expect(answer.text).not.toContain(public_key.slice(40, 80).trim() || 'AAAA')
    }
  })
})
