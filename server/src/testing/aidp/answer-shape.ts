import {
  type AidpContract,
  type AidpField,
  enumValues,
  fieldsOfType,
  responseFields,
} from '../../contract/aidp/aidp-contract.ts'
import type { AidpAnswer } from './aidp-world.ts'

/** Everything in which a successful answer differs from what the contract says of its operation; empty when nothing does. */
export function answerProblems(operation: AidpContract, answer: AidpAnswer): string[] {
  return [...bodyProblems(operation, answer), ...headerProblems(operation, answer)]
}

function bodyProblems(operation: AidpContract, { text, body }: AidpAnswer): string[] {
  if (operation.response === null) return text === '' ? [] : [`a body: ${text}`]
  return memberProblems(responseFields(operation), body, '')
}

function memberProblems(fields: readonly AidpField[], value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path || 'the body'} is no object`]
  const json = value as Record<string, unknown>
  const unknown = Object.keys(json).filter((name) => !fields.some((field) => field.name === name))
  return [
    ...unknown.map((name) => `${path}${name} is not in the contract`),
    ...fields.flatMap((field) => {
      const member = json[field.name]
      if (member === undefined) return field.required ? [`${path}${field.name} is missing`] : []
      return valueProblems(field, member, path + field.name)
    }),
  ]
}

const holds: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  'date-time': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value),
  boolean: (value) => typeof value === 'boolean',
  int32: isInteger,
  int64: isInteger,
  integer: isInteger,
  double: (value) => typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(String(value)),
  object: (value) => typeof value === 'object' && value !== null,
  'map<string,string>': (value) => typeof value === 'object' && value !== null,
}

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isInteger(value)
}

function valueProblems(field: AidpField, value: unknown, path: string): string[] {
  if (field.type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    const item = { ...field, type: field.type.slice(0, -2) }
    return value.flatMap((one, index) => valueProblems(item, one, `${path}[${index}]`))
  }
  const members = fieldsOfType(field.type)
  if (members !== undefined) return memberProblems(members, value, `${path}.`)
  if (holds[field.type]?.(value) !== true) return [`${path} is no ${field.type}: ${String(value)}`]
  const isKnown = field.enum === undefined || enumValues(field.enum).includes(String(value))
  return isKnown ? [] : [`${path} is no ${field.enum}: ${String(value)}`]
}

const shapes: Readonly<Record<string, RegExp>> = {
  etag: /^"\d+"$/,
  location: /^\/20260430\/./,
  'content-location': /^\/20260430\/./,
  'aidp-async-operation-key': /^[\w.-]+$/,
}

function headerProblems(operation: AidpContract, { headers, body }: AidpAnswer): string[] {
  const problems = Object.entries(shapes).flatMap(([name, shape]) => {
    const value = headers[name]
    if (!operation.responseHeaders.includes(name)) return value === undefined ? [] : [`there is ${name}: ${value}`]
    return value !== undefined && shape.test(value) ? [] : [`${name} is ${String(value)}`]
  })
  const next = headers['opc-next-page']
  const told = (body as { readonly next_page_token?: string } | undefined)?.next_page_token
  if (next !== undefined && !operation.responseHeaders.includes('opc-next-page'))
    problems.push('there is opc-next-page')
  if (told !== undefined && told !== next) problems.push(`opc-next-page is ${String(next)}, next_page_token ${told}`)
  if (headers['opc-request-id'] === undefined) problems.push('opc-request-id is missing')
  return problems
}
