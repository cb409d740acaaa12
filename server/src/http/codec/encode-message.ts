import type { MessageType, WireType } from '../../contract/wire.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'

type Encoder = (value: unknown, indent: string) => string
type Json = Record<string, unknown>

const encoders = new WeakMap<WireType, Encoder>()

/**
 * Renders a message as MLflow 3.17.0 does: two-space indentation, fields in declaration order, ASCII with `\u` escapes,
 * int64 as JSON numbers, floats as Python prints them, absent scalars and empty lists left out.
 */
export function encodeMessage(type: WireType, value: unknown): string {
  return encoderOf(type)(value, '\n')
}

/** Renders any JSON value with the same number and escape rules, indented or on one line with sorted keys left as given. */
export function encodeCompact(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return asciiJsonString(value)
    case 'number':
      return Number.isInteger(value) ? value.toString() : formatPythonFloat(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value === null || value === undefined) return 'null'
      if (Array.isArray(value)) return `[${value.map(encodeCompact).join(',')}]`
      return `{${Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${asciiJsonString(key)}:${encodeCompact(member)}`)
        .join(',')}}`
  }
}

function encoderOf(type: WireType): Encoder {
  let encoder = encoders.get(type)
  if (encoder === undefined) {
    encoder = createEncoder(type)
    encoders.set(type, encoder)
  }
  return encoder
}

function createEncoder(type: WireType): Encoder {
  switch (type.kind) {
    case 'string':
    case 'enum':
      return asciiJsonString as Encoder
    case 'double':
      return encodeDouble as Encoder
    case 'int32':
    case 'int64':
    case 'bool':
      return String
    case 'any':
      return encodeAny
    case 'list': {
      const item = encoderOf(type.item)
      return (value, indent) => {
        const inner = `${indent}  `
        let text = '['
        let separator = inner
        for (const member of value as unknown[]) {
          text += separator + item(member, inner)
          separator = `,${inner}`
        }
        return `${text}${indent}]`
      }
    }
    case 'message':
      return createMessageEncoder(type)
  }
}

function createMessageEncoder(type: MessageType<unknown>): Encoder {
  const fields = Object.entries(type.fields).map(([name, field]) => ({
    name,
    label: `"${name}": `,
    isList: field.type.kind === 'list',
    encode: encoderOf(field.type),
  }))
  return (value, indent) => {
    const inner = `${indent}  `
    let text = '{'
    let separator = inner
    for (const field of fields) {
      const member = (value as Json)[field.name]
      if (member === undefined || member === null) continue
      if (field.isList && (member as unknown[]).length === 0) continue
      text += separator + field.label + field.encode(member, inner)
      separator = `,${inner}`
    }
    return separator === inner ? '{}' : `${text}${indent}}`
  }
}

function encodeAny(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return encodeCompact(value)
  const inner = `${indent}  `
  const isArray = Array.isArray(value)
  const members = isArray
    ? value.map((member) => encodeAny(member, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${asciiJsonString(key)}: ${encodeAny(member, inner)}`)
  const [open, close] = isArray ? '[]' : '{}'
  return members.length === 0 ? `${open}${close}` : `${open}${inner}${members.join(`,${inner}`)}${indent}${close}`
}

function encodeDouble(value: number): string {
  if (Number.isFinite(value)) return formatPythonFloat(value)
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"Infinity"' : '"-Infinity"'
}
