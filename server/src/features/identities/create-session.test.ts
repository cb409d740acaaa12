import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser } from '../../testing/log-in.ts'
import { startTestServer } from '../../testing/start-test-server.ts'

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const path = '/2.0/runstead/users/me/sessions'

describe.each(databases)('session tokens on %s', (engine) => {
  test('are made by users for themselves, for a bounded time', async () => {
    await using server = await startTestServer(engine)
    expect((await server.mlflow.post(path, { public_key })).body).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
    })
    const root = await makeAdministrator(server)
    expect((await server.mlflow.post(path, { public_key })).status).toBe(401)
    const made = await root.mlflow.post(path, { public_key, seconds: 60 })
    expect(made.status, made.text).toBe(200)
    expect(made.body.token.split('.')).toHaveLength(3)
    expect(made.body.expiration_time).toBeGreaterThan(Date.now())
    for (const seconds of [59, 86_401]) {
      expect((await root.mlflow.post(path, { public_key, seconds })).body.message).toContain("'seconds'")
    }
    const bad = await root.mlflow.post(path, { public_key: 'x' })
    expect(bad.body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' })
    const ann = await makeUser(server, root.mlflow, { name: 'ann' })
    expect((await ann.mlflow.post(path, { public_key })).status).toBe(200)
    const foreign = '/2.0/runstead/users/root/sessions'
    expect((await ann.mlflow.post(foreign, { public_key })).status).toBe(403)
    expect((await root.mlflow.post('/2.0/runstead/users/ann/sessions', { public_key })).status).toBe(200)
  })
})
