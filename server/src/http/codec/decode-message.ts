import type { Field, MessageType, WireType } from '../../contract/wire.ts'
import { AppError } from '../../errors/app-error.ts'
import { invalidParameter, missingParameter, wrongType } from '../../errors/errors.ts'
import { stringifyExactJson } from '../../lib/exact-json.ts'
import { decodeScalar, hasLooseType, type Problem, problem } from './decode-scalar.ts'

type Json = Record<string, unknown>

/**
 * Reads a request's JSON as MLflow 3.17.0 does: unknown fields are ignored, camelCase spellings and numbers in strings are
 * accepted, null is absent. Fields are checked in declaration order with MLflow's wording. Where MLflow would silently drop
 * a value that it cannot read (and every field after it), this refuses the request and names the field.
 *
 * @param json the request's object; for a query, its parameters as strings and arrays
 * @throws AppError `missing-parameter`, `invalid-parameter`
 */
export function decodeMessage<T>(type: MessageType<T>, json: Json): T {
  refuseTwoSpellings(type, json)
  const decoded = decodeFields(type, json, '')
  const failure = decoded instanceof AppError ? decoded : undefined
  for (const [name, field] of Object.entries(type.fields)) checkField(name, field, json, failure !== undefined)
  if (failure !== undefined) throw failure
  return decoded as T
}

function checkField(name: string, field: Field, json: Json, parseFailed: boolean): void {
  const present = Object.hasOwn(json, name)
  let value = present ? json[name] : undefined
  if (value === undefined || value === null) {
    const viaAlias = field.alias !== undefined && Object.hasOwn(json, field.alias) ? json[field.alias] : undefined
    if (viaAlias !== undefined) value = viaAlias
  }
  if (field.required && (value === undefined || value === null || value === '')) throw missingParameter(name)
  if (!present && !field.required) return
  if (parseFailed && !hasLooseType(field.type, value)) throw wrongType(name, value)
  if (field.type.kind === 'list' && field.type.item.kind === 'message' && Array.isArray(value)) {
    checkItems(name, field.type.item, value)
  }
}

function checkItems(name: string, item: MessageType<unknown>, values: readonly unknown[]): void {
  const requiredFields = Object.entries(item.fields).filter(([, field]) => field.required)
  if (requiredFields.length === 0) return
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (typeof value !== 'object' || value === null) continue
    for (const [key] of requiredFields) {
      const member = (value as Json)[key]
      if (member === undefined || member === null || member === '') throw missingParameter(`${name}[${index}].${key}`)
    }
  }
}

function decodeFields(type: MessageType<unknown>, json: Json, path: string): unknown {
  const result: Json = {}
  for (const name in type.fields) {
    const field = type.fields[name] as Field
    let value = json[name]
    if (value === undefined) value = json[camelCase(name)]
    if ((value === undefined || value === null) && field.alias !== undefined) value = json[field.alias]
    if (value === undefined || value === null) {
      if (field.type.kind === 'list') result[name] = []
      continue
    }
    const decoded = decodeValue(field.type, value, path, name)
    if (decoded instanceof AppError) return decoded
    result[name] = decoded
  }
  return result
}

/** @returns the value, or the AppError that says what is wrong with it */
function decodeValue(type: WireType, value: unknown, path: string, name: string): unknown {
  switch (type.kind) {
    case 'any':
      return value
    case 'list':
      return decodeList(type.item, value, path + name)
    case 'message':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return unreadable(path + name, value, 'it must be an object')
      }
      return decodeFields(type, value as Json, `${path}${name}.`)
    default: {
      const decoded = decodeScalar(type, value)
      return isProblem(decoded) ? unreadable(path + name, value, decoded[problem]) : decoded
    }
  }
}

function decodeList(item: WireType, value: unknown, path: string): unknown {
  if (!Array.isArray(value)) return unreadable(path, value, 'it must be an array')
  const result: unknown[] = new Array(value.length)
  for (let index = 0; index < value.length; index++) {
    const decoded = decodeValue(item, value[index], path, `[${index}]`)
    if (decoded instanceof AppError) return decoded
    result[index] = decoded
  }
  return result
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && problem in value
}

function unreadable(field: string, value: unknown, rule: string): AppError {
  const shown = stringifyExactJson(value)
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown
  return invalidParameter(`Invalid value ${short} for parameter '${field}' supplied: ${rule}.`, { field })
}

function refuseTwoSpellings(type: MessageType<unknown>, json: Json): void {
  for (const name in type.fields) {
    const camel = camelCase(name)
    if (camel !== name && Object.hasOwn(json, name) && Object.hasOwn(json, camel)) {
      throw invalidParameter(`Request specifies both '${name}' and '${camel}'; provide only one of them.`, {
        field: name,
      })
    }
    const wireType = (type.fields[name] as Field).type
    const nested = wireType.kind === 'list' ? wireType.item : wireType
    if (nested.kind !== 'message') continue
    const value = json[name] ?? json[camel]
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null) refuseTwoSpellings(nested, item as Json)
    }
  }
}

const camelCaseNames = new Map<string, string>()

/** protobuf's JSON name of a field: `run_id` -> `runId`. */
export function camelCase(name: string): string {
  let camel = camelCaseNames.get(name)
  if (camel === undefined) {
    camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    camelCaseNames.set(name, camel)
  }
  return camel
}
