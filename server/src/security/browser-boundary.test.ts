import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readServerConfig } from '../config/server-config.ts'
import { expectHarmless, type GuardedServer, startGuardedServer, workspaceMounts } from '../testing/security-oracle.ts'

const json = { 'content-type': 'application/json' }
const rebinding = 'Invalid Host header - possible DNS rebinding attack detected'
const crossOrigin = 'Cross-origin request blocked'

/** Places of every kind, and such as other servers have: all are refused alike before anything is routed. */
function placesOf({ server }: GuardedServer): string[] {
  const platform = server.mounts.aidp.replace(/\/workspaces\/.*/, '')
  return [
    ...workspaceMounts(server).flatMap((mount) =>
      ['/api', '/ajax-api'].flatMap((api) => [
        `${mount}${api}/2.0/mlflow/experiments/create`,
        `${mount}${api}/3.0/mlflow/logged-models`,
      ]),
    ),
    `${platform}/mlops/api/2.0/mlflow/registered-models/create`,
    `${platform}/workspaces`,
    '/20240831/aiDataPlatforms',
    '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=y',
    '/api/2.0/mlflow-artifacts/artifacts/x',
    ...[
      '/',
      '/get-artifact',
      '/graphql',
      '/v1/traces',
      '/signup',
      '/login',
      '/auth/logout',
      '/auth/login',
      '/admin',
      '/openapi.json',
    ],
  ]
}

describe('what browsers of others send', () => {
  let guarded: GuardedServer
  let before: string

  beforeAll(async () => {
    guarded = await startGuardedServer('sqlite', [
      '--public-url',
      'https://runstead.example.com',
      '--cors-allowed-origins',
      'https://app.example.com:8443',
    ])
    before = await guarded.state()
  })
  afterAll(async () => {
    const after = await guarded.state()
    await guarded[Symbol.asyncDispose]()
    expect(after, 'nothing was changed by any of it').toBe(before)
  })

  /** Sends bytes as they are; the server is asked to close. */
  async function exchange(text: string): Promise<string> {
    const socket = connect(guarded.port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    await once(socket, 'connect')
    socket.write(text)
    await once(socket, 'close')
    return answer
  }

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:5000',
    'localhost@evil.example',
    '127.0.0.1.evil.example',
    '10.evil.example',
    '192.168.evil.example',
    '172.16.evil.example',
    '192.168.1',
    '2130706433',
    '0x7f.1',
    '8.8.8.8',
    '[2001:db8::1]',
    'runstead.example.com.evil.example',
    'localhost:5000:80',
    'local host',
  ])('WEB-01 no handler runs for Host %s', async (host) => {
    for (const target of [...placesOf(guarded), '/healthz', '/health/x', `${guarded.server.mounts.aidp}/health`]) {
      for (const method of ['GET', 'POST']) {
        const answer = await guarded.send(method, target, method === 'POST' ? '{}' : '', { ...json, host })
        expect([answer.status, answer.text], `${method} ${target}`).toEqual([403, rebinding])
      }
    }
    expect((await guarded.send('GET', '/health', '', { host })).text).toBe('OK')
    expect((await guarded.send('GET', '/version', '', { host })).status).toBe(200)
  })

  test.each([
    'localhost',
    'localhost:5000',
    '127.0.0.1',
    '127.0.0.1:80',
    '[::1]',
    '[::1]:5000',
    '10.1.2.3',
    '172.31.0.9:1',
    '192.168.0.7',
    '[fd12::1]',
    'runstead.example.com',
  ])('WEB-02 %s is served', async (host) => {
    for (const mount of workspaceMounts(guarded.server)) {
      const answer = await guarded.send('GET', `${mount}/api/2.0/mlflow/experiments/get?experiment_id=0`, '', { host })
      expect(answer.status, mount).toBe(200)
    }
  })

  test('WEB-03 oddities of the host are refused, and there is one way to compare', async () => {
    const target = '/api/2.0/mlflow/experiments/get?experiment_id=0'
    const ask = (start: string, ...lines: string[]) =>
      exchange(`${start}\r\n${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`)
    const http11 = `GET ${target} HTTP/1.1`
    expect(await ask(http11), 'absent').toMatch(/^HTTP\/1\.1 400/)
    expect(await ask(`GET ${target} HTTP/1.0`), 'absent in HTTP/1.0').toMatch(/^HTTP\/1\.1 403/)
    expect(await ask(http11, 'Host:'), 'empty').toMatch(/^HTTP\/1\.1 (400|403)/)
    expect(await ask(http11, 'Host: localhost', 'Host: evil.example'), 'two').toMatch(/^HTTP\/1\.1 400/)
    expect(await ask(http11, 'Host: localhost', 'hOsT: localhost'), 'two').toMatch(/^HTTP\/1\.1 400/)
    expect(await ask(http11, 'Host: localhost.'), 'trailing dot').toMatch(/^HTTP\/1\.1 403/)
    expect(await ask(http11, 'Host: EVIL.EXAMPLE'), 'upper case').toMatch(/^HTTP\/1\.1 403/)
    expect(await ask(http11, 'Host: LocalHost'), 'upper case').toMatch(/^HTTP\/1\.1 200/)
    expect(await ask(`GET http://evil.example${target} HTTP/1.1`, 'Host: localhost'), 'another host').toMatch(
      /^HTTP\/1\.1 400/,
    )
    expect(await ask(`GET http://evil.example/health HTTP/1.1`, 'Host: localhost'), 'another host').toMatch(
      /^HTTP\/1\.1 400/,
    )
    expect(await ask(`GET http://localhost@evil.example${target} HTTP/1.1`, 'Host: localhost')).toMatch(
      /^HTTP\/1\.1 400/,
    )
    expect(await ask(`GET http://evil.example${target} HTTP/1.1`, 'Host: evil.example')).toMatch(/^HTTP\/1\.1 403/)
    expect(await ask(`GET http://localhost${target} HTTP/1.1`, 'Host: localhost'), 'the same').toMatch(
      /^HTTP\/1\.1 200/,
    )
  })

  test('WEB-04 forwarding headers say nothing', async () => {
    const forwarded = {
      forwarded: 'host=localhost;proto=https',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '127.0.0.1',
      'x-original-host': 'localhost',
    }
    const refused = await guarded.send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', '', {
      ...forwarded,
      host: 'evil.example',
    })
    expect(refused.status).toBe(403)
    const evil = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const page = await guarded.send('GET', '/', '', evil)
    expect(page.text).not.toContain('evil')
    const write = await guarded.send('POST', '/api/2.0/mlflow/experiments/create', '{"name":"forwarded"}', {
      ...json,
      ...evil,
      origin: 'https://evil.example',
    })
    expect([write.status, write.text]).toEqual([403, crossOrigin])
  })

  test.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://localhost@evil.example',
    'http://evil.example#localhost',
    'https://runstead.example.com.evil.example',
    'https://evilrunstead.example.com',
    'http://runstead.example.com',
    'https://runstead.example.com:444',
    'https://app.example.com',
    'http://app.example.com:8443',
    'https://sub.app.example.com:8443',
    'file://',
    'chrome-extension://abc',
    '',
  ])('WEB-05 WEB-06 WEB-07 pages of origin %j change nothing, on any route', async (origin) => {
    for (const target of placesOf(guarded)) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await guarded.send(method, target, '{"name":"foreign"}', { ...json, origin })
        expect([answer.status, answer.text], `${method} ${target}`).toEqual([403, crossOrigin])
        expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      }
    }
    const read = await guarded.send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', '', { origin })
    expect(read.headers['access-control-allow-origin'], 'nor do they read').toBeUndefined()
    const preflight = await guarded.send('OPTIONS', '/api/2.0/mlflow/experiments/create', '', {
      origin,
      'access-control-request-method': 'POST',
    })
    expect(preflight.status).toBe(400)
  })

  test('WEB-05 a write that says that it is cross-site is refused without an origin too', async () => {
    const answer = await guarded.send('POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=y', 'x', {
      'sec-fetch-site': 'cross-site',
    })
    expect([answer.status, answer.text]).toEqual([403, crossOrigin])
  })

  test('WEB-07 listed and own origins pass; reads of pages on this machine get no leave', async () => {
    const get = (origin: string) =>
      guarded.send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', '', { origin })
    const search = (origin: string, host = '127.0.0.1') =>
      guarded.send('POST', '/api/2.0/mlflow/experiments/search', '{"max_results":1}', { ...json, origin, host })
    const listed = await get('https://app.example.com:8443')
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com:8443',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect((await search('https://runstead.example.com')).status).toBe(200)
    expect((await search('http://10.0.0.9:5000', '10.0.0.9:5000')).status).toBe(200)
    expect((await search('http://10.0.0.9:5001', '10.0.0.9:5000')).status).toBe(403)
    const local = await search('http://localhost:3000')
    expect(local.status).toBe(200)
    expect(local.headers['access-control-allow-credentials']).toBeUndefined()
    expect((await get('http://localhost:3000')).headers['access-control-allow-origin']).toBeUndefined()
  })

  test('WEB-08 bodies that a page may send without asking first change nothing', async () => {
    const body = '{"name":"simple"}'
    for (const mount of workspaceMounts(guarded.server)) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain; application/json',
        'application/json-patch',
        'text/json',
        'application/x-json',
        '',
        undefined,
      ]) {
        for (const api of ['/api', '/ajax-api']) {
          const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
          const answer = await guarded.send('POST', `${mount}${api}/2.0/mlflow/experiments/create`, body, headers)
          expectHarmless(guarded, answer, `${mount} ${type}`)
          expect([400, 415], `${mount} ${type}: ${answer.text}`).toContain(answer.status)
        }
      }
    }
  })

  test('WEB-11 no header, query or field makes another method of a request', async () => {
    const overrides = { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' }
    const read = await guarded.send(
      'GET',
      `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}/own.txt?_method=DELETE`,
      '',
      overrides,
    )
    expect(read.text).toBe('own')
    const create = await guarded.send('GET', '/api/2.0/mlflow/experiments/create?_method=POST&name=x', '', {
      ...overrides,
      'x-http-method-override': 'POST',
    })
    expect(create.status).toBe(405)
    const posted = await guarded.send(
      'POST',
      `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}/own.txt`,
      '{"_method":"DELETE"}',
      { ...json, ...overrides },
    )
    expect([404, 405]).toContain(posted.status)
  })

  test('ACT-12 every answer says how browsers are to treat it', async () => {
    for (const target of [
      '/',
      '/health',
      '/api/2.0/mlflow/experiments/get?experiment_id=0',
      '/nothing',
      `${guarded.server.mounts.aidp}/nothing`,
      '/openapi.json',
      `/get-artifact?run_id=${guarded.run}&path=own.txt`,
    ]) {
      const { headers } = await guarded.send('GET', target)
      expect(headers, target).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
        'cache-control': target.startsWith('/get-artifact') ? 'no-cache' : 'no-store',
      })
      expect(headers['content-security-policy'], target).toContain("frame-ancestors 'self'")
      expect(headers['content-security-policy'], target).toContain("default-src 'none'")
      expect(headers['content-security-policy'], target).not.toContain("script-src 'unsafe-inline'")
      expect(headers['server']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
    }
  })
})

test('WEB-12 everyone is let in without cookies only', async () => {
  await using guarded = await startGuardedServer('sqlite', ['--cors-allowed-origins', '*'])
  const { headers } = await guarded.send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', '', {
    origin: 'https://any.example',
  })
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['access-control-allow-credentials']).toBeUndefined()
  expect(headers['strict-transport-security'], 'the public URL is on http').toBeUndefined()
  const subdomains = readServerConfig(['--cors-allowed-origins', 'https://*.example.com'], {})
  expect(subdomains.allowedOrigins).toEqual(['https://*.example.com'])
})

test.each([
  ['--cors-allowed-origins', 'evil.example'],
  ['--cors-allowed-origins', 'https://*'],
  ['--cors-allowed-origins', 'https://a.*.example'],
  ['--cors-allowed-origins', 'null'],
  ['--cors-allowed-origins', 'https://a.example/'],
  ['--allowed-hosts', 'a.example,10.evil.*'],
  ['--allowed-hosts', '*example.com'],
  ['--allowed-hosts', ''],
])('WEB-12 the server does not start with %s %j', (flag, value) => {
  expect(() => readServerConfig([flag, value], {})).toThrow(flag)
})
