import type { EnumType, ScalarType, StringType, WireType } from '../../contract/wire.ts'
import { int64Max, int64Min, toInt64 } from '../../lib/int64.ts'

/** Marks a value that breaks its type; holds the rule. */
export const problem = Symbol('problem')
export interface Problem {
  readonly [problem]: string
}

/** Reads one scalar by protobuf's JSON rules. */
export function decodeScalar(
  type: StringType<unknown> | ScalarType<unknown> | EnumType<unknown>,
  value: unknown,
): unknown {
  switch (type.kind) {
    case 'string':
      return decodeString(value)
    case 'int32':
      return decodeInteger(value, -(2n ** 31n), 2n ** 31n - 1n, 'a 32-bit integer')
    case 'int64':
      return decodeInteger(value, int64Min, int64Max, 'a 64-bit integer')
    case 'double':
      return decodeDouble(value)
    case 'bool':
      return typeof value === 'boolean' ? value : { [problem]: 'it must be true or false' }
    case 'enum':
      return decodeEnum(type, value)
  }
}

function decodeString(value: unknown): string | Problem {
  if (typeof value !== 'string') return { [problem]: 'it must be a string' }
  if (value.includes('\0')) return { [problem]: 'it must not hold the character U+0000' }
  if (!value.isWellFormed()) return { [problem]: 'it must be well-formed Unicode (no lone surrogates)' }
  return value
}

function decodeInteger(value: unknown, min: bigint, max: bigint, what: string): number | bigint | Problem {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return value >= min && value <= max ? value : { [problem]: `it must be ${what}` }
  }
  let exact: bigint | undefined
  if (typeof value === 'bigint') exact = value
  else if (typeof value === 'number' && Number.isInteger(value)) exact = BigInt(value)
  else if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) exact = BigInt(value)
  if (exact === undefined || exact < min || exact > max) return { [problem]: `it must be ${what}` }
  return toInt64(exact)
}

const numeral = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

function decodeDouble(value: unknown): number | Problem {
  const rule = 'it must be a number, or one of the strings "NaN", "Infinity" and "-Infinity"'
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : { [problem]: rule }
    case 'bigint':
      return Number(value)
    case 'boolean':
      return value ? 1 : 0
    case 'string': {
      if (value === 'NaN') return Number.NaN
      if (/^\+?(inf|infinity)$/i.test(value)) return Number.POSITIVE_INFINITY
      if (/^-(inf|infinity)$/i.test(value)) return Number.NEGATIVE_INFINITY
      return numeral.test(value) ? Number(value) : { [problem]: rule }
    }
    default:
      return { [problem]: rule }
  }
}

function decodeEnum(type: EnumType<unknown>, value: unknown): string | Problem {
  if (typeof value === 'string' && Object.hasOwn(type.values, value)) return value
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : -1
  for (const name in type.values) if (type.values[name] === number) return name
  return { [problem]: `it must be one of ${Object.keys(type.values).join(', ')}` }
}

/** MLflow's own type checks, which it makes only when a request could not be read; they are looser than the reading. */
export function hasLooseType(type: WireType, value: unknown): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string'
    case 'int32':
    case 'int64':
      if (typeof value === 'string') return /^\s*[+-]?\d+\s*$/.test(value)
      return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    case 'double':
      return typeof value === 'string'
        ? typeof decodeDouble(value.trim()) === 'number'
        : typeof value === 'number' || typeof value === 'bigint'
    case 'list':
      return Array.isArray(value) && (type.item.kind !== 'string' || value.every((item) => typeof item === 'string'))
    default:
      return true
  }
}
