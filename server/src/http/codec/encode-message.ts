import type { MessageType, WireType } from '../../contract/wire.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'

type Encoder = (value: unknown) => string
type Json = Record<string, unknown>

/** By type, and by the line break with the indentation at which its values stand. */
const encoders = new WeakMap<WireType, Map<string, Encoder>>()

/**
 * Renders a message as MLflow 3.17.0 does: two-space indentation, fields in declaration order, ASCII with `\u` escapes,
 * int64 as JSON numbers, floats as Python prints them, absent scalars and empty lists left out (but for required lists,
 * which AIDP's answers have).
 */
export function encodeMessage(type: WireType, value: unknown): string {
  return encoderOf(type, '\n')(value)
}

/** Renders a message as MLflow's plain Flask answers: one line, a line break at the end, empty lists included. */
export function encodeCompact(type: WireType, value: unknown): string {
  return `${encoderOf(type, compact)(value)}\n`
}

/** The indentation of what stands on one line. */
const compact = ''

function encoderOf(type: WireType, indent: string): Encoder {
  const ofType = encoders.get(type) ?? new Map<string, Encoder>()
  encoders.set(type, ofType)
  const encoder = ofType.get(indent) ?? createEncoder(type, indent)
  ofType.set(indent, encoder)
  return encoder
}

function createEncoder(type: WireType, indent: string): Encoder {
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
      return (value) => encodeAny(value, indent)
    case 'list':
      return createListEncoder(type.item, indent)
    case 'message':
      return createMessageEncoder(type, indent)
  }
}

function createListEncoder(item: WireType, indent: string): Encoder {
  const inner = innerOf(indent)
  const encode = encoderOf(item, inner)
  const [open, next, close] = [`[${inner}`, `,${inner}`, `${indent}]`]
  return (value) => {
    let text = ''
    for (const member of value as unknown[]) {
      text += text === '' ? open : next
      text += encode(member)
    }
    return text === '' ? `[${close}` : text + close
  }
}

function createMessageEncoder(type: MessageType<unknown>, indent: string): Encoder {
  const inner = innerOf(indent)
  const colon = indent === compact ? ':' : ': '
  const fields = Object.entries(type.fields).map(([name, field]) => ({
    name,
    open: `{${inner}"${name}"${colon}`,
    next: `,${inner}"${name}"${colon}`,
    hidesEmpty: field.type.kind === 'list' && indent !== compact && !field.required,
    absent: field.type.kind === 'list' && field.required ? '[]' : undefined,
    encode: encoderOf(field.type, inner),
  }))
  const close = `${indent}}`
  return (value) => {
    let text = ''
    for (const field of fields) {
      const member = (value as Json)[field.name]
      if (member === undefined || member === null) {
        if (field.absent !== undefined) text += (text === '' ? field.open : field.next) + field.absent
        continue
      }
      if (field.hidesEmpty && (member as unknown[]).length === 0) continue
      text += text === '' ? field.open : field.next
      text += field.encode(member)
    }
    return text === '' ? '{}' : text + close
  }
}

function innerOf(indent: string): string {
  return indent === compact ? compact : `${indent}  `
}

/** A value without a declared type: numbers as JSON prints them. */
function encodeAny(value: unknown, indent: string): string {
  if (typeof value === 'string') return asciiJsonString(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value.toString() : formatPythonFloat(value)
  if (typeof value !== 'object' || value === null) return String(value ?? null)
  const inner = innerOf(indent)
  const isArray = Array.isArray(value)
  const members = isArray
    ? value.map((member) => encodeAny(member, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${asciiJsonString(key)}${indent === compact ? ':' : ': '}${encodeAny(member, inner)}`)
  const [open, close] = isArray ? '[]' : '{}'
  return members.length === 0 ? `${open}${close}` : `${open}${inner}${members.join(`,${inner}`)}${indent}${close}`
}

function encodeDouble(value: number): string {
  if (Number.isFinite(value)) return formatPythonFloat(value)
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"Infinity"' : '"-Infinity"'
}
