import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './app.ts'
import { isStreamHandler, type MessageHandler } from './context/context.ts'
import { restOfPath } from './contract/endpoint.ts'
import type { Field, WireType } from './contract/wire.ts'
import { databases } from './testing/databases.ts'
import { startTestServer, type TestServer } from './testing/start-test-server.ts'

/**
 * Endpoints without an unknown-id case made from the declaration: searches and histories find nothing, which is no error, and
 * a legacy model document is checked before its run, the local store has no multipart uploads (all have tests of their own).
 */
const withoutUnknownId =
  /^(list|search|getMetric|getExperimentRunMetricHistory|logExperimentRunModel$|.*MultipartUpload$)/

const messageHandlers = handlers.filter((handler): handler is MessageHandler => !isStreamHandler(handler))

type Case = readonly [what: string, body: unknown, names: string | undefined]

/** Requests that each endpoint must refuse, made from its declaration. */
function badRequests(fields: Readonly<Record<string, Field>>): Case[] {
  const whole = wholeRequest(fields)
  const cases: Case[] = []
  for (const [name, field] of Object.entries(fields)) {
    if (field.required) {
      for (const [what, value] of [
        ['absent', undefined],
        ['null', null],
        ['empty', ''],
      ] as const) {
        cases.push([`${name} ${what}`, { ...whole, [name]: value }, name])
      }
    }
    for (const value of wrongValues(field.type)) {
      cases.push([`${name} = ${JSON.stringify(value)}`, { ...whole, [name]: value }, name])
    }
  }
  return cases
}

/** The smallest request that has every required field. */
function wholeRequest(fields: Readonly<Record<string, Field>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field.required ? [[name, plausible(field.type)]] : [])),
  )
}

function plausible(type: WireType): unknown {
  switch (type.kind) {
    case 'string':
      return '7'
    case 'list':
      return []
    case 'bool':
      return true
    case 'enum':
      return Object.keys(type.values)[0]
    case 'message':
      return {}
    default:
      return 1
  }
}

function wrongValues(type: WireType): unknown[] {
  switch (type.kind) {
    case 'string':
      return [5, true, {}, ['x'], 'a\0b', '\ud800']
    case 'int32':
      return ['x', 1.5, {}, 2 ** 31]
    case 'int64':
      return ['x', 1.5, {}, [1], '9223372036854775808']
    case 'double':
      return ['abc', {}, [1]]
    case 'bool':
      return [5, {}]
    case 'enum':
      return ['NO_SUCH_NAME', 99, {}]
    case 'list':
      return [5, 'x', {}]
    case 'message':
      return [5, 'x', []]
    default:
      return []
  }
}

/** Sends a request the way its first route takes it; a GET carries its request as a JSON body, which MLflow accepts too. */
async function send(server: TestServer, mount: string, { endpoint }: MessageHandler, payload: string) {
  const route = endpoint.routes[0]
  if (route === undefined) throw new Error(`${endpoint.id} has no route`)
  const prefix = { both: '/api', ajax: '/ajax-api', root: '' }[route.under]
  return server.http.inject({
    method: route.method,
    url: mount + prefix + route.path.replaceAll(/:\w+/g, '7'),
    payload,
    headers: { 'content-type': 'application/json' },
  })
}

/** What the path gives need not be in the body. */
function fieldsOutsideThePath({ endpoint }: MessageHandler): Readonly<Record<string, Field>> {
  const path = endpoint.routes[0]?.path ?? ''
  const inPath = (name: string) => path.includes(`:${name}`) || (name === restOfPath && path.endsWith('*'))
  return Object.fromEntries(Object.entries(endpoint.request.fields).filter(([name]) => !inPath(name)))
}

describe.each(databases)('bad input on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each(messageHandlers.map((handler) => [handler.endpoint.id, handler] as const))('%s', async (_id, handler) => {
    for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
      const isOci = mount !== ''
      const expectRefusal = (what: string, answer: { statusCode: number; body: string }, names?: string) => {
        expect(answer.statusCode, `${what}: ${answer.body}`).toBe(400)
        const body = JSON.parse(answer.body) as Record<string, string>
        expect(body['error_code'], what).toMatch(/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/)
        if (isOci) expect(body['code'], what).toMatch(/^(InvalidParameter|MissingParameter)$/)
        if (names !== undefined) expect(body['message'], what).toContain(names)
      }
      for (const [what, body, names] of badRequests(fieldsOutsideThePath(handler))) {
        expectRefusal(what, await send(server, mount, handler, JSON.stringify(body)), names)
      }
      for (const malformed of ['{"a": ', 'no json', '[1]', '5', '{"a": NaN']) {
        expectRefusal(malformed, await send(server, mount, handler, malformed))
      }
    }
  })

  test.each(messageHandlers.map((handler) => [handler.endpoint.id, handler] as const))(
    '%s with over-long texts',
    async (_id, handler) => {
      for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
        for (const [name, field] of Object.entries(fieldsOutsideThePath(handler))) {
          if (field.type.kind !== 'string') continue
          const body = { ...wholeRequest(handler.endpoint.request.fields), [name]: 'x'.repeat(100_000) }
          const answer = await send(server, mount, handler, JSON.stringify(body))
          // Some texts are cut (MLflow's rule for values), some only looked up; none may break the server.
          if (answer.statusCode === 501) continue
          expect(answer.statusCode, `${name}: ${answer.body.slice(0, 300)}`).toBeLessThan(500)
        }
      }
    },
  )

  test.each(
    messageHandlers
      .filter(({ endpoint }) => !withoutUnknownId.test(endpoint.id))
      .map((handler) => [handler.endpoint.id, handler] as const),
  )('%s with an unknown id', async (_id, handler) => {
    const idField = Object.keys(handler.endpoint.request.fields).find((name) => /_id$|_name$/.test(name))
    if (idField === undefined || handler.endpoint.id.startsWith('create')) return
    const body = Object.fromEntries(
      Object.entries(handler.endpoint.request.fields).flatMap(([name, field]) =>
        field.required ? [[name, plausible(field.type)]] : [],
      ),
    )
    for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
      const answer = await send(server, mount, handler, JSON.stringify({ ...body, [idField]: '9999' }))
      expect(answer.statusCode, answer.body).toBe(404)
      expect(answer.json()).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' })
    }
  })
})

test('every endpoint id and every place is declared once', () => {
  const ids = handlers.map(({ endpoint }) => endpoint.id)
  expect(new Set(ids).size).toBe(ids.length)
  const places = handlers.flatMap(({ endpoint }) =>
    endpoint.routes.map(({ method, path, under }) => `${method} ${under} ${path}`),
  )
  expect(new Set(places).size).toBe(places.length)
})
