import { describeAidpOperations } from './aidp/aidp-openapi.ts'
import { type AnyEndpoint, type Route, restOfPath } from './endpoint.ts'
import type { Field, MessageType, WireType } from './wire.ts'

type Json = Record<string, unknown>

/** Where the list of platforms is. */
const serviceRoot = '/20240831'

/**
 * The OpenAPI 3.1 document of the given endpoints: MLflow's routes at its own mount, and AIDP's operations where AIDP has
 * them. (MLflow's routes answer at the mounts of workspaces too.)
 */
export function describeApi(endpoints: readonly AnyEndpoint[]): Json {
  const schemas: Record<string, Json> = {}
  const paths: Record<string, Json> = {}
  for (const endpoint of endpoints) {
    for (const { path, method, operation } of describeAidpOperations(endpoint, schemas)) {
      paths[path] = { ...paths[path], [method]: operation }
    }
    if (endpoint.scope === 'control') continue
    for (const route of endpoint.routes) {
      const root = endpoint.scope === 'service' ? serviceRoot : ''
      addOperation(paths, root + pathOf(route), route, endpoint, schemas)
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Runstead', version: '0.1.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: { schemas: { ...schemas, Error: errorSchema } },
  }
}

const errorSchema: Json = {
  type: 'object',
  required: ['message', 'error_code'],
  properties: {
    error_code: { type: 'string', description: "MLflow's code." },
    message: { type: 'string' },
    code: { type: 'string', description: "Oracle Cloud's code; on the AIDP mount only." },
  },
}

function pathOf({ path, under }: Route): string {
  const prefix = under === 'root' ? '' : under === 'ajax' ? '/ajax-api' : '/api'
  return prefix + path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, `{${restOfPath}}`)
}

function addOperation(
  paths: Record<string, Json>,
  path: string,
  route: Route,
  endpoint: AnyEndpoint,
  schemas: Record<string, Json>,
): void {
  const item = paths[path] ?? {}
  paths[path] = item
  const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const request = endpoint.kind === 'message' ? endpoint.request : endpoint.query
  const streams = endpoint.kind === 'stream'
  const readsQuery = route.method === 'GET' || streams
  const inPath = new Set(pathParameters.map(({ name }) => name))
  item[route.method.toLowerCase()] = {
    operationId: `${endpoint.scope === 'service' ? '' : 'mlflow_'}${endpoint.id}_${route.method}`,
    summary: endpoint.summary,
    tags: [endpoint.scope === 'service' ? 'Control plane' : 'MLflow'],
    parameters: [...pathParameters, ...(readsQuery ? queryParameters(request, inPath, schemas) : [])],
    ...(readsQuery ? {} : { requestBody: jsonBody(schemaOf(request, schemas)) }),
    responses: {
      [endpoint.status ?? 200]: {
        description: 'Done.',
        ...(endpoint.kind === 'message' ? jsonBody(schemaOf(endpoint.reply, schemas)) : {}),
      },
      default: { description: 'Refused.', ...jsonBody({ $ref: '#/components/schemas/Error' }) },
    },
  }
}

function jsonBody(schema: Json): Json {
  return { content: { 'application/json': { schema } } }
}

function queryParameters(
  type: MessageType<unknown>,
  skip: Set<string | undefined>,
  schemas: Record<string, Json>,
): Json[] {
  return Object.entries(type.fields)
    .filter(([name]) => !skip.has(name))
    .map(([name, field]) => ({ name, in: 'query', required: field.required, schema: schemaOf(field.type, schemas) }))
}

function schemaOf(type: WireType, schemas: Record<string, Json>): Json {
  const described = type.description === undefined ? {} : { description: type.description }
  switch (type.kind) {
    case 'string':
      return { type: 'string', ...described }
    case 'bool':
      return { type: 'boolean', ...described }
    case 'int32':
    case 'int64':
      return { type: 'integer', format: type.kind, ...described }
    case 'double':
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }], ...described }
    case 'any':
      return { ...described }
    case 'enum':
      return { type: 'string', enum: Object.keys(type.values), ...described }
    case 'list':
      return { type: 'array', items: schemaOf(type.item, schemas), ...described }
    case 'message':
      if (schemas[type.name] === undefined) {
        schemas[type.name] = {}
        schemas[type.name] = messageSchema(type, schemas)
      }
      return { $ref: `#/components/schemas/${type.name}` }
  }
}

function messageSchema(type: MessageType<unknown>, schemas: Record<string, Json>): Json {
  const fields = Object.entries<Field>(type.fields)
  const required = fields.filter(([, field]) => field.required).map(([name]) => name)
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field.type, schemas)])),
  }
}
