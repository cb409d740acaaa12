import { pino } from 'pino'
import { handlers } from '../app.ts'
import { type Context, type Handler, isStreamHandler } from '../context/context.ts'
import type { AidpField } from '../contract/aidp/aidp-contract.ts'
import { aidpOperation, enumValues, fieldsOfType, requestFields } from '../contract/aidp/aidp-contract.ts'
import type { AnyEndpoint } from '../contract/endpoint.ts'
import type { Field, WireType } from '../contract/wire.ts'
import type { Database } from '../db/database.ts'
import { notAuthenticated } from '../errors/errors.ts'
import { createGrantCache } from '../features/permissions/grant-cache.ts'
import {
  type GrantObject,
  modelObject,
  platformObject,
  putGrant,
  workspaceObject,
} from '../features/permissions/grant-store.ts'
import { createPermissionGate } from '../features/permissions/permission-gate.ts'
import { createRequestGuards } from '../features/retry-tokens/request-guards.ts'
import { createHttpServer } from '../http/http-server.ts'
import { type Mount, mounts, type Place, placesOf } from '../http/mounts.ts'
import { createPageTokens } from '../http/page-tokens.ts'
import type { Caller } from '../lib/caller.ts'
import { platformOf, tenantOf } from '../lib/tenant.ts'

/** Who asks, in the table of permissions: the strongest last. */
export const roles = [
  'anonymous',
  'no grant',
  'USER',
  'PRIVILEGED_USER',
  'ADMINISTRATOR',
  'READ',
  'MANAGE',
  'ADMIN',
  'USER and ADMIN',
  'CREATE_WORKSPACE',
  'platform administrator',
  'read-only token',
] as const
export type Role = (typeof roles)[number]

const platform = platformOf(1)
const workspace = tenantOf(1)
const model = 7

/** One request that was made: by whom, where, and what became of it. */
export interface Attempt {
  readonly role: Role
  readonly endpoint: AnyEndpoint
  readonly mount: Mount
  readonly place: Place
  /** Whether `is_permanent` was asked for. */
  readonly permanent: boolean
  /** Whether the handler was reached. */
  readonly passed: boolean
  readonly status: number
  readonly body: string
}

/**
 * Sends the smallest request of every endpoint to every place where it answers, as each role. The gate and everything in
 * front of it is the real one; the handlers are replaced by one that does nothing.
 */
export async function tryEveryRoute(db: Database): Promise<Attempt[]> {
  await prepareGrants(db)
  let reached = false
  const mark = <T>(answer: T): T => {
    reached = true
    return answer
  }
  const idle = handlers.map((handler): Handler => {
    if (isStreamHandler(handler)) {
      return { ...handler, handle: async () => mark({ status: 200, headers: {} }) }
    }
    return { ...handler, handle: async () => mark({ body: {} }) }
  })
  const grants = createGrantCache(db.lookup)
  const server = createHttpServer({
    handlers: idle,
    log: pino({ level: 'silent' }),
    maxBodyBytes: 1_000_000,
    authenticate: ({ headers }) => callerOf(headers['x-role'] as Role),
    contextFor: async ({ path, dialect }, caller) =>
      ({
        db,
        dialect,
        caller,
        platform,
        tenant: workspace,
        workspaceKey: 'default',
        mount: path === undefined ? 'stock' : path.workspaceKey === undefined ? 'platform' : 'workspace',
      }) as Context,
    gate: createPermissionGate(db.lookup, grants),
    trail: { joining: () => undefined, note: () => undefined },
    guards: createRequestGuards(),
    pages: async () => createPageTokens(new Uint8Array(32)),
  })
  const attempts: Attempt[] = []
  for (const mount of mounts) {
    for (const { endpoint } of handlers) {
      if (!mount.scopes.includes(endpoint.scope ?? 'workspace')) continue
      for (const place of placesOf(endpoint, mount)) {
        const known = endpoint.kind === 'message' ? endpoint.request.fields : endpoint.query.fields
        for (const permanent of 'is_permanent' in known ? [false, true] : [false]) {
          for (const role of roles) {
            reached = false
            const request = smallestRequest(endpoint, place)
            const fields = permanent ? { ...request, is_permanent: true } : request
            const { statusCode: status, body } = await server.inject(injection(place, fields, role))
            attempts.push({ role, endpoint, mount, place, permanent, passed: reached, status, body })
          }
        }
      }
    }
  }
  await server.close()
  return attempts
}

async function prepareGrants(db: Database): Promise<void> {
  const give = (id: string, object: GrantObject, permissions: number) =>
    db.write(platform, (tx) => putGrant(tx, platform, object, { id, type: 'USER', name: id }, permissions, 'root', 1))
  await db.write(platform, (tx) =>
    tx
      .insertInto('registered_models')
      .values({
        tenant: platform,
        model,
        name: 'm',
        description: null,
        deployment_job_id: null,
        is_prompt: 0,
        created: 1,
        updated: 1,
        next_version: 1,
        revision: 1,
      })
      .execute(),
  )
  await give('USER', workspaceObject(workspace), 1)
  await give('PRIVILEGED_USER', workspaceObject(workspace), 2)
  await give('ADMINISTRATOR', workspaceObject(workspace), 4)
  await give('READ', modelObject(model), 1)
  await give('MANAGE', modelObject(model), 2)
  await give('ADMIN', modelObject(model), 4)
  await give('USER and ADMIN', workspaceObject(workspace), 1)
  await give('USER and ADMIN', modelObject(model), 4)
  await give('CREATE_WORKSPACE', platformObject, 1)
}

function callerOf(role: Role): Caller {
  if (role === 'anonymous') throw notAuthenticated()
  const caller: Caller = { id: role, name: role, kind: 'person', groups: [], administrator: false }
  if (role === 'platform administrator') return { ...caller, administrator: true }
  if (role !== 'read-only token') return caller
  return { ...caller, administrator: true, limits: { tokenId: 't', access: 'read' } }
}

function injection({ method, url }: Place, fields: Readonly<Record<string, unknown>>, role: Role) {
  const path = url
    .replace(':aiDataPlatformId', 'ocid1.aidataplatform.local..default')
    .replace(':workspaceKey', 'default')
    .replace(':registeredModelKey', 'm')
    .replaceAll(/:\w+|\*$/g, '7')
  const headers = { 'x-role': role }
  const query = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, typeof one === 'object' ? JSON.stringify(one) : String(one)]),
  )
  if (method === 'GET') return { method, url: `${path}?${new URLSearchParams(query)}`, headers }
  const payload = JSON.stringify(fields)
  return { method, url: path, headers: { ...headers, 'content-type': 'application/json' }, payload }
}

/** What an endpoint needs to be given at a place. */
function smallestRequest(endpoint: AnyEndpoint, { operation }: Place): Record<string, unknown> {
  const type = endpoint.kind === 'message' ? endpoint.request : endpoint.query
  const wanted = Object.fromEntries(
    Object.entries<Field>(type.fields).flatMap(([name, field]) =>
      field.required || name === 'name' ? [[name, valueFor(name, field.type)]] : [],
    ),
  )
  if (operation === undefined) return wanted
  const contract = requestFields(aidpOperation(operation.operation)).filter(({ required }) => required)
  return { ...wanted, ...Object.fromEntries(contract.map((field) => [field.name, contractValue(field)])) }
}

function valueFor(name: string, type: WireType): unknown {
  switch (type.kind) {
    case 'string':
      return name === 'name' || name === 'registeredModelKey' ? 'm' : '7'
    case 'list':
      return [valueFor(name, type.item)]
    case 'bool':
      return true
    case 'enum':
      return Object.keys(type.values)[0]
    case 'message':
      return Object.fromEntries(
        Object.entries<Field>(type.fields).map(([inner, field]) => [inner, valueFor(inner, field.type)]),
      )
    default:
      return 1
  }
}

function contractValue(field: AidpField): unknown {
  const type = field.type.replace('[]', '')
  const members = fieldsOfType(type)
  const one = field.enum
    ? enumValues(field.enum)[0]
    : members
      ? Object.fromEntries(
          members.filter(({ required }) => required).map((member) => [member.name, contractValue(member)]),
        )
      : type === 'boolean'
        ? true
        : type === 'string' || type === 'date-time'
          ? field.name === 'name'
            ? 'm'
            : '7'.repeat(field.minLength ?? 1)
          : 1
  return field.type.endsWith('[]') ? [one] : one
}
