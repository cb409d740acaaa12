import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type Context, handle } from '../context/context.ts'
import { defineEndpoint, get, post } from '../contract/endpoint.ts'
import { int64, message, required, string } from '../contract/wire.ts'
import { AppError } from '../errors/app-error.ts'
import { createRequestGuards } from '../features/retry-tokens/request-guards.ts'
import { openCaller } from '../lib/caller.ts'
import { browserDefence } from './browser-defence.ts'
import { createHttpServer } from './http-server.ts'
import { createPageTokens } from './page-tokens.ts'

const echo = handle(
  defineEndpoint({
    id: 'echo',
    summary: 'Answers what was sent.',
    routes: [post('/2.0/echo'), get('/2.0/echo')],
    permission: 'public',
    request: message('Echo', { text: required(string()), number: int64() }),
    reply: message('Echo.Response', { text: string(), number: int64() }),
  }),
  async (_context, { text, number }) => {
    if (text === 'crash') throw new TypeError('a secret')
    if (text === 'full') throw new AppError('overloaded', 'Later.', { retryAfterSeconds: 3 })
    return { body: { text, number } }
  },
)

function testServer() {
  return createHttpServer({
    handlers: [echo],
    log: pino({ level: 'silent' }),
    maxBodyBytes: 1000,
    contextFor: async () => ({}) as Context,
    authenticate: () => openCaller,
    gate: { admit: () => undefined },
    trail: { joining: () => undefined, note: () => undefined },
    guards: createRequestGuards(),
    pages: async () => createPageTokens(new Uint8Array(32)),
    plugins: [browserDefence({ allowedHosts: undefined, listenHost: '127.0.0.1' })],
  })
}

const url = '/api/2.0/echo'
const json = { 'content-type': 'application/json' }
const tenant = '/20260430/aiDataPlatforms/p/workspaces/w/mlops'

test.each([
  ['{"text": "a"}', 'a'],
  ['"{\\"text\\": \\"a\\"}"', 'a'],
  ['\ufeff{"text": "a"}', 'a'],
  ['{"text": "x", "text": "a"}', 'a'],
])('reads the body %s', async (payload, text) => {
  const answer = await testServer().inject({ method: 'POST', url, payload, headers: json })
  expect(answer.body).toBe(`{\n  "text": "${text}"\n}`)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    vary: 'Origin',
  })
})

test.each([
  [{}, "Missing value for required parameter 'text'.", '{}'],
  [{}, "Missing value for required parameter 'text'.", 'nonsense'],
  [{}, 'The request body must be a JSON object.', '[1]'],
  [{ 'content-type': 'text/plain' }, "Bad Request. Content-Type must be one of ['application/json'].", '{"text": "a"}'],
  [
    { 'content-type': 'Application/JSON' },
    "Bad Request. Content-Type must be one of ['application/json'].",
    '{"text": "a"}',
  ],
  [{ 'content-type': '' }, "Bad Request. Content-Type must be one of ['application/json'].", '{"text": "a"}'],
])('refuses with %j: %s', async (headers, message, payload) => {
  const answer = await testServer().inject({ method: 'POST', url, payload, headers: { ...json, ...headers } })
  expect(answer.statusCode).toBe(400)
  expect(answer.json().message).toContain(message)
})

test('a query is read with repeats, blanks and broken escapes; a GET without one may have a body', async () => {
  const get = async (query: string) => (await testServer().inject({ url: `${url}?${query}` })).json()
  expect(await get('text=a+b%20c%zz&text=second&number=9223372036854775807&unknown=1')).toMatchObject({
    text: 'a b c%zz',
  })
  const answer = await testServer().inject({ method: 'GET', url, payload: '{"text": "in the body"}' })
  expect(answer.json()).toEqual({ text: 'in the body' })
})

test('integers beyond 2^53 stay exact both ways', async () => {
  const payload = '{"text": "a", "number": 9223372036854775807}'
  const answer = await testServer().inject({ method: 'POST', url, payload, headers: json })
  expect(answer.body).toContain('9223372036854775807')
})

test('an unexpected failure tells nothing of its cause', async () => {
  for (const mount of ['', tenant]) {
    const answer = await testServer().inject({
      method: 'POST',
      url: mount + url,
      payload: '{"text": "crash"}',
      headers: json,
    })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret')
    expect(answer.json().error_code).toBe('INTERNAL_ERROR')
    expect(answer.json().code).toBe(mount === '' ? undefined : 'InternalServerError')
  }
})

test('an overloaded server says when to come back', async () => {
  const answer = await testServer().inject({ method: 'POST', url, payload: '{"text": "full"}', headers: json })
  expect(answer).toMatchObject({ statusCode: 429, headers: { 'retry-after': '3' } })
})

test('a body over the limit is 413', async () => {
  const payload = JSON.stringify({ text: 'x'.repeat(2000) })
  expect((await testServer().inject({ method: 'POST', url, payload, headers: json })).statusCode).toBe(413)
})

test('unknown places are 404, wrong methods 405 with Allow, OPTIONS lists the methods', async () => {
  expect(await testServer().inject({ url: '/api/2.0/nothing' })).toMatchObject({ statusCode: 404 })
  expect((await testServer().inject({ url: `${tenant}/api/2.0/nothing` })).json()).toMatchObject({ code: 'NotFound' })
  const wrong = await testServer().inject({ method: 'DELETE', url })
  expect(wrong).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD, OPTIONS, POST' } })
  expect(await testServer().inject({ method: 'OPTIONS', url })).toMatchObject({ statusCode: 204 })
})

test('a request id is kept in part and echoed', async () => {
  const send = (id: string) => testServer().inject({ url: `${url}?text=a`, headers: { 'opc-request-id': id } })
  expect((await send('ABC-1')).headers['opc-request-id']).toMatch(/^ABC-1\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
  expect((await send('a b')).headers['opc-request-id']).toMatch(/^\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
  expect((await send('x'.repeat(255))).headers['opc-request-id']).toMatch(/^x{32}\//)
})

test('other sites cannot reach it through a browser', async () => {
  const send = (headers: Record<string, string>, method: 'POST' | 'GET' | 'OPTIONS' = 'POST') =>
    testServer().inject({
      method,
      url: method === 'GET' ? `${url}?text=a` : url,
      payload: '{"text": "a"}',
      headers: { ...json, ...headers },
    })
  expect(await send({ host: 'evil.example' })).toMatchObject({
    statusCode: 403,
    body: 'Invalid Host header - possible DNS rebinding attack detected',
  })
  expect(await send({ host: '127.0.0.1:5000' })).toMatchObject({ statusCode: 200 })
  expect(await send({ host: '192.168.1.5:5000' })).toMatchObject({ statusCode: 200 })
  expect(await send({ host: 'localhost.evil.example' })).toMatchObject({ statusCode: 403 })
  expect(await send({ origin: 'http://evil.example' })).toMatchObject({
    statusCode: 403,
    body: 'Cross-origin request blocked',
  })
  expect(await send({ origin: 'http://evil.example' }, 'GET')).toMatchObject({ statusCode: 200 })
  expect(await send({ origin: 'http://localhost:3000' })).toMatchObject({
    statusCode: 200,
    headers: { 'access-control-allow-origin': 'http://localhost:3000' },
  })
  const preflight = { 'access-control-request-method': 'POST' }
  expect(await send({ origin: 'http://localhost:3000', ...preflight }, 'OPTIONS')).toMatchObject({
    statusCode: 200,
    body: 'OK',
  })
  expect(await send({ origin: 'http://evil.example', ...preflight }, 'OPTIONS')).toMatchObject({ statusCode: 400 })
})

test('HEAD and failures carry the length in bytes and no charset', async () => {
  const body = '{\n  "text": "a"\n}'
  const head = await testServer().inject({ method: 'HEAD', url: `${url}?text=a` })
  expect(head.statusCode).toBe(200)
  expect(head.body).toBe('')
  expect(head.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': String(body.length) })
  const failure = await testServer().inject({ url: '/api/2.0/ech\u00f6' })
  expect(failure.headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(failure.body)),
  })
})
