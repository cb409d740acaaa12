import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './app.ts'
import {
  type AidpContract,
  type AidpField,
  absentOperations,
  aidpOperations,
  enumValues,
  fieldsOfType,
  requestFields,
} from './contract/aidp/aidp-contract.ts'
import { declaredOperations, parityPage, parityProblems } from './testing/aidp-parity.ts'
import { startTestServer, type TestServer } from './testing/start-test-server.ts'

const declared = declaredOperations(handlers)

test('every endpoint that is an operation of AIDP is as the contract has it, and none is missing but deployments', () => {
  expect(parityProblems(declared)).toEqual([])
  expect(aidpOperations.filter(({ n }) => n <= 62)).toHaveLength(49)
  expect(absentOperations.map(({ n }) => n)).toEqual([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60])
})

test('a difference is found', () => {
  const [first] = declared
  if (first === undefined) throw new Error('nothing is declared')
  const wrong = { ...first, operation: { ...first.operation, method: 'PUT', profile: 'L' } as const }
  const withoutFields = {
    ...first,
    endpoint: { ...first.endpoint, request: { ...first.endpoint.request, fields: {} } },
  }
  expect(parityProblems([wrong, ...declared.slice(1)])).toHaveLength(2)
  expect(parityProblems([withoutFields, ...declared.slice(1)]).length).toBeGreaterThan(0)
  expect(parityProblems(declared.slice(1))).toEqual([`${first.operation.operation}: not declared`])
})

test('the guide shows the table (vitest -u writes the page anew)', async () => {
  await expect(parityPage(declared)).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/guide/aidp-parity.md'))
})

const platform = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'
const roots = {
  workspace: `${platform}/workspaces/default/mlops/api`,
  platform: `${platform}/mlops/api`,
  control: platform,
}

describe('limits of the contract', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer('sqlite')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function send({ method, mount, path }: AidpContract, request: Record<string, unknown>) {
    const url = roots[mount] + path.replaceAll('{workspaceKey}', 'default').replaceAll(/\{\w+\}/g, '7')
    if (method === 'GET') {
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(request)) if (value !== undefined) query.append(name, String(value))
      return server.http.inject({ method, url: `${url}?${query}` })
    }
    return server.http.inject({
      method,
      url,
      payload: JSON.stringify(request),
      headers: { 'content-type': 'application/json' },
    })
  }

  async function expectRefusal(
    operation: AidpContract,
    request: Record<string, unknown>,
    field: string,
    codes: RegExp,
  ) {
    const answer = await send(operation, request)
    expect(answer.statusCode, `${field}: ${answer.body.slice(0, 300)}`).toBe(400)
    const body = answer.json()
    expect(body.code, field).toMatch(codes)
    expect(body.message).toContain(field)
    expect(answer.headers['opc-request-id']).toBeDefined()
  }

  test.each(aidpOperations.map((operation) => [operation.id, operation] as const))('%s', async (_id, operation) => {
    const fields = requestFields(operation)
    const whole = plausibleObject(fields)
    for (const field of fields) {
      if (field.required) {
        for (const value of operation.method === 'GET' ? [undefined] : [undefined, null]) {
          await expectRefusal(operation, { ...whole, [field.name]: value }, field.name, /^MissingParameter$/)
        }
      }
      for (const value of beyondLimits(field)) {
        await expectRefusal(operation, { ...whole, [field.name]: value }, field.name, /^(Invalid|Missing)Parameter$/)
      }
      for (const [path, value] of beyondInside(field)) {
        await expectRefusal(operation, { ...whole, [field.name]: value }, path, /^(Invalid|Missing)Parameter$/)
      }
    }
  })
})

function plausibleObject(fields: readonly AidpField[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter(({ required }) => required).map((field) => [field.name, plausible(field)]))
}

function plausible(field: AidpField): unknown {
  if (field.type.endsWith('[]')) {
    const item = plausible({
      name: field.name,
      type: field.type.slice(0, -2),
      ...(field.enum ? { enum: field.enum } : {}),
    })
    return (field.minItems ?? 0) > 0 ? [item] : []
  }
  const members = fieldsOfType(field.type)
  if (members !== undefined) return plausibleObject(members)
  if (field.type === 'boolean') return false
  if (['int32', 'int64', 'integer', 'double'].includes(field.type)) return field.min ?? 1
  return field.enum === undefined ? '7' : enumValues(field.enum)[0]
}

/** Values just outside what the contract allows. */
function beyondLimits(field: AidpField): unknown[] {
  const { minLength = 0, maxLength, minItems = 0, maxItems, min, max } = field
  const item = () => plausible({ ...field, type: field.type.replace('[]', '') })
  return [
    ...(minLength > 0 ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minItems > 0 ? [Array.from({ length: minItems - 1 }, item)] : []),
    ...(maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, item)]),
    ...(min === undefined ? [] : [min - 1]),
    ...(max === undefined ? [] : [max + 1]),
    ...(field.enum === undefined || field.type.endsWith('[]') ? [] : ['NO_SUCH_NAME']),
  ]
}

/** The same for the members of a list's item or of an object, each with the path that the message must name. */
function* beyondInside(field: AidpField): Generator<readonly [path: string, value: unknown]> {
  const isList = field.type.endsWith('[]')
  const members = fieldsOfType(field.type.replace('[]', ''))
  if (members === undefined) return
  const base = plausibleObject(members)
  const path = `${field.name}${isList ? '[0]' : ''}`
  const put = (name: string, value: unknown) => {
    const item = { ...base, [name]: value }
    return isList ? [item] : item
  }
  for (const member of members) {
    if (member.required) yield [`${path}.${member.name}`, put(member.name, undefined)]
    for (const value of beyondLimits(member)) yield [`${path}.${member.name}`, put(member.name, value)]
  }
}
