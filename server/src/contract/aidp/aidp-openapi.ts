import type { AnyEndpoint } from '../endpoint.ts'
import {
  type AidpContract,
  type AidpField,
  aidpOperation,
  enumValues,
  fieldsOfType,
  requestFields,
  responseFields,
} from './aidp-contract.ts'

type Json = Record<string, unknown>

const platform = '/20260430/aiDataPlatforms/{aiDataPlatformId}'

/** Where operations begin. */
const roots: Readonly<Record<AidpContract['mount'], string>> = {
  workspace: `${platform}/workspaces/{workspaceKey}/mlops/api`,
  platform: `${platform}/mlops/api`,
  control: platform,
}

/** An operation for an OpenAPI document. */
export interface DescribedOperation {
  readonly path: string
  readonly method: string
  readonly operation: Json
}

/**
 * The AIDP operations of an endpoint, as the contract has them.
 *
 * @param schemas gets the types that they use, under names that begin with `Aidp`
 */
export function describeAidpOperations(endpoint: AnyEndpoint, schemas: Record<string, Json>): DescribedOperation[] {
  return [endpoint.aidp, endpoint.aidpInWorkspace]
    .filter((declared) => declared !== undefined)
    .map(({ operation }) => {
      const contract = aidpOperation(operation)
      return {
        path: roots[contract.mount] + contract.path,
        method: contract.method.toLowerCase(),
        operation: describeOperation(contract, endpoint.summary, schemas),
      }
    })
}

function describeOperation(contract: AidpContract, summary: string, schemas: Record<string, Json>): Json {
  const path = roots[contract.mount] + contract.path
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
    parameter('path', String(name), { type: 'string' }, true),
  )
  const inQuery = contract.query.map((field) =>
    parameter('query', field.name, fieldSchema(field, schemas), field.required === true),
  )
  const inHeader = contract.requestHeaders.map((name) => parameter('header', name, { type: 'string' }, false))
  return {
    operationId: contract.id,
    summary,
    tags: ['AIDP'],
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(contract.request === null
      ? {}
      : { requestBody: jsonBody(objectSchema(contract.request, requestFields(contract), schemas)) }),
    responses: {
      [contract.status]: {
        description: 'Done.',
        headers: Object.fromEntries(contract.responseHeaders.map((name) => [name, { schema: { type: 'string' } }])),
        ...(contract.response === null
          ? {}
          : jsonBody(objectSchema(contract.response, responseFields(contract), schemas))),
      },
      ...Object.fromEntries(Object.entries(contract.errors).map(([status, codes]) => [status, refusal(codes)])),
      default: refusal([]),
    },
  }
}

function refusal(codes: readonly string[]): Json {
  return {
    description: codes.length === 0 ? 'Refused.' : `${codes.join(', ')}.`,
    ...jsonBody({ $ref: '#/components/schemas/Error' }),
  }
}

function parameter(place: 'path' | 'query' | 'header', name: string, schema: Json, required: boolean): Json {
  return { name, in: place, required, schema }
}

function jsonBody(schema: Json): Json {
  return { content: { 'application/json': { schema } } }
}

function objectSchema(typeName: string, fields: readonly AidpField[], schemas: Record<string, Json>): Json {
  const name = `Aidp${typeName}`
  if (schemas[name] === undefined) {
    schemas[name] = {}
    const required = fields.filter((field) => field.required).map((field) => field.name)
    schemas[name] = {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, schemas)])),
    }
  }
  return { $ref: `#/components/schemas/${name}` }
}

function fieldSchema(field: AidpField, schemas: Record<string, Json>): Json {
  if (!field.type.endsWith('[]')) return itemSchema(field, field.type, schemas)
  const { minItems, maxItems } = field
  const items = itemSchema({ name: field.name, type: field.type, ...enumOf(field) }, field.type.slice(0, -2), schemas)
  return { type: 'array', items, ...given({ minItems, maxItems }) }
}

function enumOf({ enum: name }: AidpField): Pick<AidpField, 'enum'> {
  return name === undefined ? {} : { enum: name }
}

function itemSchema(field: AidpField, type: string, schemas: Record<string, Json>): Json {
  const members = fieldsOfType(type)
  if (members !== undefined) return objectSchema(type, members, schemas)
  const { minLength, maxLength, min: minimum, max: maximum, default: preset } = field
  return {
    ...scalarSchema(type),
    ...(field.enum === undefined ? {} : { enum: enumValues(field.enum) }),
    ...given({ minLength, maxLength, minimum, maximum, default: preset }),
  }
}

function scalarSchema(type: string): Json {
  switch (type) {
    case 'boolean':
      return { type: 'boolean' }
    case 'int32':
    case 'int64':
      return { type: 'integer', format: type }
    case 'integer':
      return { type: 'integer' }
    case 'double':
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] }
    case 'date-time':
      return { type: 'string', format: 'date-time' }
    case 'string':
      return { type: 'string' }
    default:
      return { type: 'object' }
  }
}

function given(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
