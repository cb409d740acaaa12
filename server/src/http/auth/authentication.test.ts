import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from '../../app.ts'
import { settings } from '../../config/settings.ts'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { mounts, placesOf } from '../mounts.ts'

const me = '/2.0/runstead/users/me'
const users = '/2.0/runstead/users'
const wrongToken = `rst_${'x'.repeat(43)}`

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

describe.each(databases)('authentication on %s', (engine) => {
  let server: TestServer
  let root: TestUser
  beforeAll(async () => {
    server = await startTestServer(engine)
    root = await makeAdministrator(server)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** From an address of its own, so that the limits on guesses do not meet. */
  const ask = (authorization: string | undefined, address = '127.0.0.1', path = `/api${me}`) =>
    server.http.inject({
      url: path,
      remoteAddress: address,
      headers: authorization === undefined ? {} : { authorization },
    })

  test('a token is good as Bearer, and as the password of Basic with the name of its owner or "token"', async () => {
    for (const good of [
      `Bearer ${root.token}`,
      `bearer ${root.token}`,
      `BEARER  ${root.token}`,
      basic('root', root.token),
      basic('token', root.token),
    ]) {
      expect((await ask(good)).statusCode, good.slice(0, 12)).toBe(200)
    }
    for (const bad of [
      basic('ann', root.token),
      basic('ROOT', root.token),
      basic(root.token, ''),
      basic('', root.token),
      `Bearer ${root.token}x`,
      `Bearer ${root.token.slice(0, -1)}`,
      `Bearer ${root.token.toUpperCase()}`,
      `Basic ${root.token}`,
      `Digest ${root.token}`,
      root.token,
    ]) {
      expect((await ask(bad, '127.1.0.1')).statusCode, bad.slice(0, 12)).toBe(401)
    }
  })

  test('what is not authenticated is told how to log in, in both dialects', async () => {
    const stock = await ask(undefined)
    expect(stock.headers['www-authenticate']).toEqual([
      'Basic realm="Runstead", charset="UTF-8"',
      'Bearer realm="Runstead"',
    ])
    expect(stock.json()).toMatchObject({
      error_code: 'UNAUTHENTICATED',
      message: expect.stringContaining('MLFLOW_TRACKING_TOKEN'),
    })
    const oci = await ask(
      undefined,
      '127.0.0.1',
      `${server.mounts.aidp}/api/2.0/mlflow/experiments/get?experiment_id=0`,
    )
    expect(oci.statusCode).toBe(401)
    expect(oci.json()).toMatchObject({ code: 'NotAuthenticated', error_code: 'UNAUTHENTICATED' })
  })

  test('AUTHZ-01 every route of every mount asks who it is; only probes answer everyone', async () => {
    const open: string[] = []
    let asked = 0
    for (const mount of mounts) {
      const own = handlers.filter(({ endpoint }) => mount.scopes.includes(endpoint.scope ?? 'workspace'))
      for (const { endpoint } of own) {
        for (const { method, url } of placesOf(endpoint, mount)) {
          const path = url
            .replace(':aiDataPlatformId', 'ocid1.aidataplatform.local..default')
            .replace(':workspaceKey', 'default')
            .replaceAll(/:\w+|\*$/g, 'x')
          const headers = { 'content-type': 'application/json' }
          const answer = await server.http.inject({ method, url: path, headers, payload: '{}' })
          asked++
          if (answer.statusCode !== 401) open.push(`${answer.statusCode} ${method} ${path}`)
        }
      }
    }
    expect(open).toEqual([])
    expect(asked).toBeGreaterThan(500)
  })

  test('AUTHZ-21 probes are for everyone, all other plain pages for those who have logged in', async () => {
    for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
      for (const path of ['/health', '/version', '/api/3.0/mlflow/server-info', '/ajax-api/3.0/mlflow/server-info']) {
        expect((await ask(undefined, '127.0.0.1', mount + path)).statusCode, path).toBe(200)
      }
    }
    for (const path of ['/', '/openapi.json']) {
      expect((await ask(undefined, '127.0.0.1', path)).statusCode).toBe(401)
      expect((await ask(basic('root', root.token), '127.0.0.1', path)).statusCode).toBe(200)
    }
  })

  test('places without a route, wrong methods, unknown workspaces and platforms tell nothing to strangers', async () => {
    const unknown =
      '/20260430/aiDataPlatforms/nowhere/workspaces/x/mlops/api/2.0/mlflow/experiments/get?experiment_id=0'
    const noWorkspace = unknown.replace('nowhere', 'ocid1.aidataplatform.local..default')
    for (const url of ['/nothing', '/api/2.0/nothing', unknown, noWorkspace]) {
      expect((await server.http.inject({ url })).statusCode, url).toBe(401)
      const headers = { authorization: `Bearer ${root.token}` }
      expect((await server.http.inject({ url, headers })).statusCode, url).toBe(404)
    }
    expect((await server.http.inject({ method: 'DELETE', url: '/api/2.0/mlflow/runs/get' })).statusCode).toBe(401)
    expect((await server.http.inject({ method: 'OPTIONS', url: '/api/2.0/mlflow/runs/get' })).statusCode).toBe(401)
    expect((await server.http.inject({ method: 'HEAD', url: '/api/2.0/mlflow/runs/get' })).statusCode).toBe(401)
  })

  test.each([
    ['admin', 'password1234'],
    ['admin', 'admin'],
    ['admin', ''],
    ['root', 'root'],
    ['mlflow', 'mlflow'],
    ['token', 'token'],
  ])('AUTHN-01 no default credentials: %s with %j', async (user, password) => {
    expect((await ask(basic(user, password), '127.1.0.2')).statusCode).toBe(401)
  })

  test('AUTHN-02 there are no passwords: none can be set, none lets anybody in', async () => {
    for (const { endpoint } of handlers) {
      const fields = endpoint.kind === 'message' ? Object.keys(endpoint.request.fields) : []
      expect(fields.filter((name) => /passw/i.test(name))).toEqual([])
    }
    const password = 'correct horse battery'
    await makeUser(server, root.mlflow, { name: 'withpassword', password })
    expect((await ask(basic('withpassword', password), '127.1.0.3')).statusCode).toBe(401)
  })

  test('AUTHN-03 guessing is slowed down by address, and locks nobody else out', async () => {
    const guess = (n: number) => ask(`Bearer rst_${String(n).padStart(43, 'g')}`, '127.1.0.4')
    for (let n = 0; n < 10; n++) expect((await guess(n)).statusCode).toBe(401)
    const held = await guess(10)
    expect(held).toMatchObject({ statusCode: 429, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } })
    expect(held.json().error_code).toBe('REQUEST_LIMIT_EXCEEDED')
    expect((await ask(`Bearer rst_${'o'.repeat(43)}`, '127.1.0.5')).statusCode).toBe(401)
    expect((await ask(`Bearer ${root.token}`, '127.1.0.4')).statusCode).toBe(200)
    // Even when nothing is remembered any more of who was known.
    await makeUser(server, root.mlflow, { name: 'later' })
    expect((await ask(`Bearer ${root.token}`, '127.1.0.4')).statusCode).toBe(200)
    expect((await ask(undefined, '127.1.0.4', '/health')).statusCode).toBe(200)
  })

  test('AUTHN-03 guessing at one account from many addresses is slowed down, its owner is not', async () => {
    const victim = await makeUser(server, root.mlflow, { name: 'victim' })
    expect((await ask(basic('victim', victim.token), '127.2.0.1')).statusCode).toBe(200)
    for (let n = 0; n < 10; n++) {
      const guess = basic('victim', `rst_${String(n).padStart(43, 'v')}`)
      expect((await ask(guess, `127.3.0.${n}`)).statusCode).toBe(401)
    }
    expect((await ask(basic('victim', wrongToken), '127.3.0.1')).statusCode).toBe(429)
    expect((await ask(basic('other', wrongToken), '127.3.0.1')).statusCode).toBe(401)
    const another = (await victim.mlflow.post(`${me}/tokens`, { name: 'another' })).body.secret
    for (const [token, address] of [
      [victim.token, '127.2.0.1'],
      [victim.token, '127.2.0.2'],
      [another, '127.2.0.3'],
    ]) {
      expect((await ask(basic('victim', token), address)).statusCode).toBe(200)
    }
    expect((await ask(basic('other', wrongToken), '127.3.1.2')).statusCode).toBe(401)
  })

  test('AUTHN-03 one wrong token that a whole cluster sends is no guessing', async () => {
    for (let n = 0; n < 50; n++) expect((await ask(`Bearer ${wrongToken}`, '127.1.0.6')).statusCode).toBe(401)
  })

  test('AUTHN-04 an unknown user, a wrong secret and a token of somebody else look the same', async () => {
    const answers = []
    for (const bad of [
      basic('nobody', wrongToken),
      basic('root', wrongToken),
      basic('root', 'short'),
      basic('nobody', root.token),
      `Bearer ${wrongToken}`,
      undefined,
    ]) {
      const { statusCode, body, headers } = await ask(bad, '127.1.0.7')
      answers.push({ statusCode, body, challenge: headers['www-authenticate'] })
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('AUTHN-05 revoked, disabled, deleted and demoted: at once', async () => {
    const ann = await makeUser(server, root.mlflow, { name: 'ann5', administrator: true })
    expect((await ann.mlflow.get(`${users}/root`)).status).toBe(200)
    await root.mlflow.patch(`${users}/ann5`, { administrator: false })
    expect((await ann.mlflow.get(`${users}/root`)).status).toBe(403)
    expect((await ann.mlflow.get(me)).body.user.administrator).toBe(false)
    await root.mlflow.patch(`${users}/ann5`, { disabled: true })
    expect((await ann.mlflow.get(me)).status).toBe(401)
    await root.mlflow.patch(`${users}/ann5`, { disabled: false })
    expect((await ann.mlflow.get(me)).status).toBe(200)
    const [token] = (await ann.mlflow.get(`${me}/tokens`)).body.tokens
    await root.mlflow.delete(`${users}/ann5/tokens/${token.id}`)
    expect((await ann.mlflow.get(me)).status).toBe(401)
    const bob = await makeUser(server, root.mlflow, { name: 'bob5' })
    await root.mlflow.delete(`${users}/bob5`)
    expect((await bob.mlflow.get(me)).status).toBe(401)
    const again = await makeUser(server, root.mlflow, { name: 'bob5' })
    expect(again.id).not.toBe(bob.id)
    expect((await bob.mlflow.get(me)).status).toBe(401)
  })

  test.each([
    ['no colon', `Basic ${Buffer.from('rootonly').toString('base64')}`],
    ['bad base64', 'Basic %%%%'],
    ['url base64', 'Basic cm9vd-_='],
    ['empty credential', 'Bearer '],
    ['empty scheme', ` ${wrongToken}`],
    ['scheme alone', 'Bearer'],
    ['empty', ''],
    ['no user', basic('', wrongToken)],
    ['no password', basic('root', '')],
    ['NUL', basic('ro\0ot', wrongToken)],
    ['NUL in the token', basic('root', `${wrongToken}\0`)],
    ['64 KiB of Bearer', `Bearer ${'a'.repeat(65_536)}`],
    ['64 KiB of Basic', `Basic ${'YTph'.repeat(16_384)}`],
    ['64 KiB of scheme', 'x'.repeat(65_536)],
    ['other scheme', 'Negotiate abc'],
    ['a list', `Bearer ${wrongToken}, Bearer ${wrongToken}`],
    ['prototype', 'constructor constructor'],
  ])('AUTHN-06 junk: %s', async (what, header) => {
    const answer = await ask(header, `127.4.0.${what.length}`)
    expect(answer.statusCode).toBe(401)
  })

  test('AUTHN-06 two headers are refused, also when one of them is good', async () => {
    await server.http.listen({ host: '127.0.0.1', port: 0 })
    const { port } = server.http.server.address() as { port: number }
    const send = async (...headers: string[]) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET /api${me} HTTP/1.1\r\nHost: localhost\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`)
      return (await text(socket)).split('\r\n', 1)[0]
    }
    const good = `Authorization: Bearer ${root.token}`
    expect(await send(good)).toBe('HTTP/1.1 200 OK')
    expect(await send(good, good)).toBe('HTTP/1.1 401 Unauthorized')
    expect(await send(good, `AUTHORIZATION: Bearer ${wrongToken}`)).toBe('HTTP/1.1 401 Unauthorized')
    expect(await send(`authorization: Basic x`, good)).toBe('HTTP/1.1 401 Unauthorized')
  })

  test('AUTHN-08 long secrets cost nothing, and a hundred logins at once are answered', async () => {
    const long = await ask(basic('root', 'p'.repeat(1_048_576)), '127.1.0.8')
    expect(long.statusCode).toBe(401)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => ask(basic('root', root.token), `127.5.0.${n}`)),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(100).fill(200))
  })

  test.each([
    'x-forwarded-user',
    'x-remote-user',
    'remote-user',
    'x-auth-request-user',
    'x-forwarded-email',
    'x-webauth-user',
    'x-mlflow-user',
    'x-authenticated-userid',
    'x-ms-client-principal-name',
    'cookie',
  ])('AUTHN-10 the header %s says nothing of who it is', async (name) => {
    const answer = await server.http.inject({ url: `/api${me}`, headers: { [name]: 'root' } })
    expect(answer.statusCode).toBe(401)
  })

  test('AUTHN-10 forwarding headers do not change the address of a guesser', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      const { statusCode } = await server.http.inject({
        url: `/api${me}`,
        remoteAddress: '127.1.0.9',
        headers: {
          authorization: `Bearer rst_${String(n).padStart(43, 'f')}`,
          'x-forwarded-for': `10.0.0.${n}`,
          forwarded: `for=10.0.0.${n}`,
          'x-real-ip': `10.0.0.${n}`,
        },
      })
      statuses.push(statusCode)
    }
    expect(statuses.at(-1)).toBe(429)
  })

  test('AUTHN-11 artifacts take credentials like everything else', async () => {
    for (const [method, url] of [
      ['GET', '/api/2.0/mlflow-artifacts/artifacts?path=x'],
      ['GET', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
      ['PUT', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
      ['DELETE', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
      ['GET', '/get-artifact?run_uuid=x&path=y'],
      ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=y'],
    ] as const) {
      const answer = await server.http.inject({ method, url, payload: method === 'GET' ? '' : 'bytes' })
      expect(answer.statusCode, `${method} ${url}`).toBe(401)
    }
  })
})

describe.each(databases)('the secrets of servers on %s', (engine) => {
  test('AUTHN-09 no signing key can be set or is known beforehand: each database has random ones of its own', async () => {
    const secrets: string[] = []
    for (let n = 0; n < 2; n++) {
      await using server = await startTestServer(engine)
      await server.given.experiment()
      await server.aidp.post('/2.0/mlflow/experiments/search', { max_results: 1 })
      const rows = await server.db.read.selectFrom('server_secrets').select('secret').where('tenant', '=', 0).execute()
      expect(rows.length).toBeGreaterThan(0)
      secrets.push(...rows.map(({ secret }) => Buffer.from(secret).toString('hex')))
    }
    expect(secrets.every((secret) => secret.length >= 64)).toBe(true)
    expect(new Set(secrets).size).toBe(secrets.length)
    expect(Object.values(settings).filter(({ flag }) => /sign|secret-key|session-key/.test(flag))).toEqual([])
  })

  test('a token of one platform is nothing on another', async () => {
    await using server = await startTestServer(engine)
    const root = await makeAdministrator(server)
    const created = await server.http.inject({
      method: 'POST',
      url: '/20260430/aiDataPlatforms',
      headers: { authorization: `Bearer ${root.token}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ displayName: 'other', compartmentId: 'ocid1.compartment.local..c' }),
    })
    expect(created.statusCode, created.body).toBeLessThan(300)
    const platforms = await server.db.read.selectFrom('platforms').select(['id', 'platform']).execute()
    const other = platforms.find(({ platform }) => platform !== 1)!
    const url = `/20260430/aiDataPlatforms/${other.id}/mlops/api/2.0/runstead/users/me`
    const ask = (token: string) => server.http.inject({ url, headers: { authorization: `Bearer ${token}` } })
    // The default platform's users are told what they are told of a platform that does not exist.
    const answer = await ask(root.token)
    expect([answer.statusCode, answer.json().message]).toEqual([
      404,
      `No workspace 'default' on platform '${other.id}'.`,
    ])
    expect((await ask('wrong')).statusCode).toBe(401)
  })
})

describe.each(databases)('a server without users on %s', (engine) => {
  test('lets everyone in on loopback, whatever they send, and nobody once there is a user', async () => {
    await using server = await startTestServer(engine)
    const get = (authorization?: string) =>
      server.http.inject({
        url: '/api/2.0/mlflow/experiments/get?experiment_id=0',
        headers: authorization === undefined ? {} : { authorization },
      })
    expect((await get()).statusCode).toBe(200)
    expect((await get('Bearer nonsense')).statusCode).toBe(200)
    const root = await makeAdministrator(server)
    expect((await get()).statusCode).toBe(401)
    expect((await get(`Bearer ${root.token}`)).statusCode).toBe(200)
  })

  test('AUTHN-01 does not start on another address, and says what to do; --open-access lets it', async () => {
    await expect(startTestServer(engine, ['--host', '0.0.0.0'])).rejects.toThrow(
      /no users yet.*0\.0\.0\.0.*runstead user create NAME --administrator.*--open-access/,
    )
    await using server = await startTestServer(engine, ['--host', '0.0.0.0', '--open-access'])
    expect((await server.mlflow.get('/2.0/mlflow/experiments/get', { experiment_id: '0' })).status).toBe(200)
    await makeAdministrator(server)
    expect((await server.mlflow.get('/2.0/mlflow/experiments/get', { experiment_id: '0' })).status).toBe(401)
  })
})
