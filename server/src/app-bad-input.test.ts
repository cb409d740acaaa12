import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './app.ts'
import { isStreamHandler, type MessageHandler } from './context/context.ts'
import { aidpOperation, requestFields } from './contract/aidp/aidp-contract.ts'
import { requestOnAidp } from './contract/aidp/aidp-face.ts'
import { type Method, restOfPath } from './contract/endpoint.ts'
import type { Field, WireType } from './contract/wire.ts'
import { databases } from './testing/databases.ts'
import { startTestServer, type TestServer } from './testing/start-test-server.ts'

/**
 * Endpoints without an unknown-id case made from the declaration: searches and histories find nothing, which is no error;
 * MLflow asks for an experiment's new name first; a legacy model document is checked before its run and a stage before its
 * version; the local store has no multipart uploads (all have tests of their own).
 */
const withoutUnknownId =
  /^(list|search|getMetric|getExperimentRunMetricHistory|logExperimentRunModel$|transitionModelVersionStage$|updateExperiment$|.*MultipartUpload$)/

const messageHandlers = handlers.filter(
  (handler): handler is MessageHandler =>
    !isStreamHandler(handler) && handler.endpoint.scope !== 'control' && handler.endpoint.scope !== 'service',
)

type Case = readonly [what: string, body: unknown, names: string | undefined]

/** Requests that each endpoint must refuse, made from its declaration. */
function badRequests(fields: Readonly<Record<string, Field>>, mayBeEmpty: readonly string[]): Case[] {
  const whole = wholeRequest(fields)
  const cases: Case[] = []
  for (const [name, field] of Object.entries(fields)) {
    if (field.required) {
      for (const [what, value] of [
        ['absent', undefined],
        ['null', null],
        ['empty', ''],
      ] as const) {
        if (value === '' && mayBeEmpty.includes(name)) continue
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

/** An endpoint as it stands at a mount: MLflow's first route, or the AIDP operation. */
interface Standing {
  readonly method: Method
  readonly path: string
  readonly under: 'both' | 'ajax' | 'root'
  readonly fields: Readonly<Record<string, Field>>
  /** Fields that must be there but may be empty. */
  readonly mayBeEmpty: readonly string[]
}

function standing({ endpoint }: MessageHandler, isAidp: boolean): Standing {
  const operation = endpoint.scope === 'platform' ? endpoint.aidpInWorkspace : endpoint.aidp
  const [route] = endpoint.routes
  if (route === undefined) throw new Error(`${endpoint.id} has no route`)
  if (!isAidp || operation === undefined) {
    return { ...route, fields: outsideThePath(endpoint.request.fields, route.path), mayBeEmpty: [] }
  }
  const { method, path } = operation
  const { fields } = requestOnAidp(endpoint, operation.operation)
  const mayBeEmpty = requestFields(aidpOperation(operation.operation)).filter(({ minLength }) => minLength === 0)
  return {
    method,
    path,
    under: 'both',
    fields: outsideThePath(fields, path),
    mayBeEmpty: mayBeEmpty.map(({ name }) => name),
  }
}

/** What the path gives need not be in the body. */
function outsideThePath(fields: Readonly<Record<string, Field>>, path: string): Readonly<Record<string, Field>> {
  const inPath = (name: string) => path.includes(`:${name}`) || (name === restOfPath && path.endsWith('*'))
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !inPath(name)))
}

/** Sends a request; a GET carries its request as a JSON body, which MLflow accepts too. */
async function send(server: TestServer, mount: string, { method, path, under }: Standing, payload: string) {
  const prefix = { both: '/api', ajax: '/ajax-api', root: '' }[under]
  return server.http.inject({
    method,
    url: mount + prefix + path.replaceAll(/:\w+/g, '7'),
    payload,
    headers: { 'content-type': 'application/json' },
  })
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
      const place = standing(handler, isOci)
      const expectRefusal = (what: string, answer: { statusCode: number; body: string }, names?: string) => {
        expect(answer.statusCode, `${what}: ${answer.body}`).toBe(400)
        const body = JSON.parse(answer.body) as Record<string, string>
        expect(body['error_code'], what).toMatch(/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/)
        if (isOci) expect(body['code'], what).toMatch(/^(InvalidParameter|MissingParameter|CannotParseRequest)$/)
        if (names !== undefined) expect(body['message'], what).toContain(names)
      }
      for (const [what, body, names] of badRequests(place.fields, place.mayBeEmpty)) {
        expectRefusal(what, await send(server, mount, place, JSON.stringify(body)), names)
      }
      for (const malformed of ['{"a": ', 'no json', '[1]', '5', '{"a": NaN']) {
        expectRefusal(malformed, await send(server, mount, place, malformed))
      }
    }
  })

  test.each(messageHandlers.map((handler) => [handler.endpoint.id, handler] as const))(
    '%s with over-long texts',
    async (_id, handler) => {
      for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
        const place = standing(handler, mount !== '')
        for (const [name, field] of Object.entries(place.fields)) {
          if (field.type.kind !== 'string') continue
          const body = { ...wholeRequest(place.fields), [name]: 'x'.repeat(100_000) }
          const answer = await send(server, mount, place, JSON.stringify(body))
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
    const { fields } = handler.endpoint.request
    // What belongs to the registry goes by its name.
    const idField = fields['name']?.required ? 'name' : Object.keys(fields).find((name) => /_id$|_name$/.test(name))
    if (idField === undefined || handler.endpoint.id.startsWith('create')) return
    for (const mount of [server.mounts.mlflow, server.mounts.aidp]) {
      const place = standing(handler, mount !== '')
      const body = { ...wholeRequest(place.fields), [idField]: '9999' }
      const answer = await send(server, mount, place, JSON.stringify(body))
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
