import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Context, handle } from '../context/context.ts'
import { defineEndpoint, get, post } from '../contract/endpoint.ts'
import { message, string } from '../contract/wire.ts'
import { createRequestGuards } from '../features/retry-tokens/request-guards.ts'
import { openCaller } from '../lib/caller.ts'
import { browserDefence } from './browser-defence.ts'
import { createHttpServer, type HttpServerOptions } from './http-server.ts'
import { createPageTokens } from './page-tokens.ts'

const echo = handle(
  defineEndpoint({
    id: 'echo',
    summary: 'Answers what was sent.',
    routes: [post('/2.0/echo'), get('/2.0/echo')],
    permission: 'workspace.read',
    request: message('Echo', { text: string() }),
    reply: message('Echo.Response', { text: string() }),
  }),
  async ({ log }, { text }) => {
    log?.info({ text }, `echo of ${text}`)
    if (text === 'crash') throw new TypeError('select secret from /var/lib/data')
    return { body: { text } }
  },
)

function serverOf(options: Partial<HttpServerOptions> = {}): FastifyInstance {
  return createHttpServer({
    handlers: [echo],
    log: pino({ level: 'silent' }),
    maxBodyBytes: 100_000,
    contextFor: async (_place, _caller, log) => ({ log }) as unknown as Context,
    authenticate: () => openCaller,
    gate: { admit: () => undefined },
    trail: { joining: () => undefined, note: () => undefined },
    guards: createRequestGuards(),
    pages: async () => createPageTokens(new Uint8Array(32)),
    plugins: [browserDefence({ allowedHosts: undefined, listenHost: '127.0.0.1' })],
    ...options,
  })
}

const place = '/api/2.0/echo'
const tenant = '/20260430/aiDataPlatforms/p/workspaces/w/mlops'
const requestId = /opc-request-id: \/[0-9a-f]{32}\/[0-9a-f]{32}\r\n/

describe('what is not HTTP', () => {
  let server: FastifyInstance
  let port: number

  beforeAll(async () => {
    server = serverOf({ bodyTimeoutMs: 200 })
    await server.listen({ host: '127.0.0.1', port: 0 })
    port = (server.server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  /** Sends bytes as they are and reads until the server closes. */
  async function exchange(text: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(text)
    await Promise.race([
      once(socket, 'close'),
      sleep(5000).then(() => Promise.reject(new Error(`still open: ${answer}`))),
    ])
    return answer
  }
  const head = `POST ${place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`

  test.each([
    ['both length headers', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}`],
    ['a length that is no number', `${head}Content-Length: +2\r\n\r\n{}`],
    ['a bad chunk', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['a coding that ends in something else', `${head}Transfer-Encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['bare line feeds', `POST ${place} HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 2\n\n{}`],
    ['a header line without a colon', `${head}nonsense\r\n\r\n`],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\r\n\r\n'],
  ])('DISC-08 %s: 400 in the form of both faces, and the connection ends', async (_what, text) => {
    const answer = await exchange(text)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toMatch(requestId)
    expect(answer).toMatch(/Date: .* GMT\r\n/)
    expect(answer.match(/HTTP\/1\.1/g), 'one answer').toHaveLength(1)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      code: 'CannotParseRequest',
      message: 'The request is not valid HTTP.',
      error_code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('headers that are too large are 431', async () => {
    const answer = await exchange(`${head}x-large: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
    expect(answer).toContain('"code": "RequestHeaderFieldsTooLarge"')
    expect(answer).toMatch(requestId)
  })

  test('LIM-08 a body that does not arrive is given up, while others are answered', async () => {
    const slow = exchange(`${head}Content-Length: 100\r\n\r\n{"text"`)
    const chunked = exchange(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n`)
    const other = await fetch(`http://127.0.0.1:${port}${place}?text=quick`)
    expect(await other.json()).toEqual({ text: 'quick' })
    for (const answer of await Promise.all([slow, chunked])) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /)
      expect(answer.toLowerCase()).toContain('connection: close')
      expect(answer).toContain('took too long')
    }
  })

  test('LIM-06 more bytes than the length says are another request; too many are 413', async () => {
    const long = await exchange(`${head}Content-Length: 200000\r\n\r\n${'x'.repeat(1000)}`)
    expect(long).toMatch(/^HTTP\/1\.1 413 /)
    const endless = `${head}Transfer-Encoding: chunked\r\n\r\n${'ffff\r\n'.padEnd(6)}${'x'.repeat(0xffff)}\r\n`
    const answer = await exchange(`${endless}ffff\r\n${'x'.repeat(0xffff)}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('larger than this server accepts')
  })

  test('LIM-06 who sends a body that is too large can finish sending, and reads why', async () => {
    const socket = connect(port, '127.0.0.1')
    const body = 'x'.repeat(20_000_000)
    // As Python's clients do: nothing is read before all is written.
    const written = Promise.withResolvers<void>()
    socket.once('error', written.reject)
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, () => written.resolve())
    await written.promise
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
    socket.write(`GET ${place}?text=next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    const [next] = await once(socket, 'data')
    expect(String(next)).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })

  test('every answer has a date and a request id', async () => {
    for (const path of [`${place}?text=a`, '/nothing', `${tenant}/nothing`, '/health']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`)
      expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now()), path).toBeLessThan(5000)
      expect(answer.headers.get('opc-request-id'), path).toMatch(/^\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
    }
  })
})

describe("requests as Oracle's clients send them", () => {
  test('a path with doubled slashes is never redirected', async () => {
    const server = serverOf()
    for (const path of [
      `/${tenant}${place}?text=a`,
      `/api/${tenant}${place}?text=a`,
      `${tenant.replace('/aiData', '//aiData')}${place}?text=a`,
    ]) {
      expect(await server.inject({ url: path }), path).toMatchObject({ statusCode: 200 })
    }
    const unknown = await server.inject({ url: `${tenant}/api//2.0/echo?text=a` })
    expect(unknown).toMatchObject({ statusCode: 404 })
    expect(unknown.json()).toMatchObject({ code: 'NotFound' })
  })

  test('a content type without a body is no body', async () => {
    const answer = await serverOf().inject({
      method: 'DELETE',
      url: `${tenant}${place}`,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.statusCode).toBe(405)
    expect(answer.json()).toMatchObject({ code: 'MethodNotAllowed' })
  })

  test.each([
    ["name LIKE 'm%'", "name%20LIKE%20'm%'"],
    ["a LIKE '%é%'", "a+LIKE+'%%C3%A9%'"],
    ['100%', '100%'],
    ["'%FF'", '%27%FF%27'],
    ['a;b=c?[d]', 'a;b=c?[d]'],
    ['a+b', 'a%2Bb'],
    ['é', '%C3%A9'],
    ['%E9é%', '%E9%C3%A9%'],
    ['𝄞', '%F0%9D%84%9E'],
  ])('reads the query value %s', async (text, written) => {
    const answer = await serverOf().inject({ url: `${tenant}${place}?x=1&text=${written}&text=second` })
    expect(answer.json()).toEqual({ text })
  })
})

describe('LIM-14 a caller who sends more than its share', () => {
  test.each([
    ['', { error_code: 'REQUEST_LIMIT_EXCEEDED' }],
    [tenant, { code: 'TooManyRequests', error_code: 'REQUEST_LIMIT_EXCEEDED' }],
  ])('is told so at %j, and when to come back', async (mount, body) => {
    const callers = new Map([
      ['one', { ...openCaller, id: 'one', kind: 'person' as const }],
      ['two', { ...openCaller, id: 'two', kind: 'person' as const }],
    ])
    const server = serverOf({
      rate: { perSecond: 0.1, burst: 2 },
      authenticate: ({ headers }) => callers.get(String(headers['x-user'])) ?? openCaller,
    })
    const send = (user: string) => server.inject({ url: `${mount}${place}?text=a`, headers: { 'x-user': user } })
    expect((await send('one')).statusCode).toBe(200)
    expect((await send('one')).statusCode).toBe(200)
    const refused = await send('one')
    expect(refused).toMatchObject({ statusCode: 429, headers: { 'retry-after': '10' } })
    expect(refused.json()).toMatchObject(body)
    expect((await send('two')).statusCode, 'nobody else').toBe(200)
    for (const _ of [1, 2]) expect((await send('nobody')).statusCode).toBe(200)
    expect((await send('nobody')).statusCode, 'those who have not logged in, by address').toBe(429)
  })
})

describe('what answers and logs tell', () => {
  test('DISC-01 a failure has a request id and no detail', async () => {
    for (const mount of ['', tenant]) {
      const server = serverOf()
      const crash = await server.inject({ url: `${mount}${place}?text=crash` })
      const unknown = await server.inject({ url: `${mount}/api/2.0/nothing` })
      const malformed = await server.inject({
        method: 'POST',
        url: `${mount}${place}`,
        payload: '{"text": ',
        headers: { 'content-type': 'application/json' },
      })
      expect([crash, unknown, malformed].map(({ statusCode }) => statusCode)).toEqual([500, 404, 400])
      for (const answer of [crash, unknown, malformed]) {
        expect(answer.headers['opc-request-id']).toMatch(/^\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
        expect(answer.body).not.toMatch(/secret|\/var|\.ts|\n\s+at /)
      }
    }
  })

  test('DISC-03, DISC-04 a log line is one line of JSON with the request id and without credentials', async () => {
    const lines: string[] = []
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const server = serverOf({ log: pino({ level: 'debug', base: null }, sink) })
    const text = 'crash\r\n{"level":60,"msg":"forged"}\u001b[31m'
    const headers = {
      authorization: 'Bearer top-secret-token',
      cookie: 'session=top-secret-cookie',
      'opc-request-id': 'client-1',
      'content-type': 'application/json',
    }
    await server.inject({ method: 'POST', url: place, payload: JSON.stringify({ text }), headers })
    await server.inject({ method: 'POST', url: place, payload: JSON.stringify({ text: 'crash' }), headers })
    await server.inject({ url: '/nothing%0d%0aforged?token=top-secret-query', headers })
    const written = lines.join('').split('\n').filter(Boolean)
    expect(written.length).toBeGreaterThanOrEqual(4)
    for (const line of written) {
      expect(JSON.parse(line), line).toMatchObject({ requestId: expect.stringMatching(/^client-1\//) })
      expect(line).not.toContain('top-secret')
      expect(line).not.toContain('\u001b')
    }
  })
})
