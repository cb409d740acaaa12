import type { MessageType, WireType } from '../../contract/wire.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'
import { AsciiOutput } from './ascii-output.ts'

type Json = Record<string, unknown>
type Writer = (value: unknown, output: AsciiOutput) => void

/** By type, and by the line break with the indentation at which its values stand. */
const writers = new WeakMap<WireType, Map<string, Writer>>()

/** How the JSON of a message is laid out. */
export type JsonLayout = 'proto' | 'compact'

/**
 * Renders a message as MLflow 3.17.0 does.
 *
 * - `proto`: two spaces, fields in declaration order, ASCII with `\\u` escapes, int64 as JSON numbers, floats as Python
 *   prints them, absent scalars and empty lists left out (but for required lists, which AIDP's answers have)
 * - `compact`, as its plain Flask answers are: one line, a line break at the end, empty lists included
 */
export function encodeMessage(type: WireType, value: unknown, layout: JsonLayout = 'proto'): string {
  return render(type, value, layout).toString()
}

/** As `encodeMessage`: short ones as text, which Node sends together with the head, and long ones as bytes. */
export function encodeAnswer(type: WireType, value: unknown, layout: JsonLayout): string | Buffer {
  const output = render(type, value, layout)
  return output.length <= longestText ? output.toString() : output.toBuffer()
}

const longestText = 2048

/** The indentation of what stands on one line. */
const compact = ''

/** One for all: a message is rendered in one go. */
const shared = new AsciiOutput()

function render(type: WireType, value: unknown, layout: JsonLayout): AsciiOutput {
  shared.clear()
  writerOf(type, layout === 'compact' ? compact : '\n')(value, shared)
  if (layout === 'compact') shared.add('\n')
  return shared
}

function writerOf(type: WireType, indent: string): Writer {
  const ofType = writers.get(type) ?? new Map<string, Writer>()
  writers.set(type, ofType)
  const writer = ofType.get(indent) ?? createWriter(type, indent)
  ofType.set(indent, writer)
  return writer
}

function createWriter(type: WireType, indent: string): Writer {
  switch (type.kind) {
    case 'string':
    case 'enum':
      return (value, output) => output.addString(value as string)
    case 'double':
      return (value, output) => output.add(encodeDouble(value as number))
    case 'int32':
    case 'int64':
    case 'bool':
      return (value, output) => output.add(String(value))
    case 'any':
      return (value, output) => output.add(encodeAny(value, indent))
    case 'list':
      return createListWriter(type.item, indent)
    case 'message':
      return createMessageWriter(type, indent)
  }
}

function createListWriter(item: WireType, indent: string): Writer {
  const inner = innerOf(indent)
  const write = writerOf(item, inner)
  const start = bytesOf('[')
  const open = bytesOf(`[${inner}`)
  const next = bytesOf(`,${inner}`)
  const close = bytesOf(`${indent}]`)
  return (value, output) => {
    const members = value as unknown[]
    output.addBytes(members.length === 0 ? start : open)
    for (let place = 0; place < members.length; place++) {
      if (place > 0) output.addBytes(next)
      write(members[place], output)
    }
    output.addBytes(close)
  }
}

function createMessageWriter(type: MessageType<unknown>, indent: string): Writer {
  const inner = innerOf(indent)
  const colon = indent === compact ? ':' : ': '
  const fields = Object.entries(type.fields).map(([name, field]) => ({
    name,
    open: bytesOf(`{${inner}"${name}"${colon}`),
    next: bytesOf(`,${inner}"${name}"${colon}`),
    hidesEmpty: field.type.kind === 'list' && indent !== compact && !field.required,
    absent: field.type.kind === 'list' && field.required ? bytesOf('[]') : undefined,
    write: writerOf(field.type, inner),
  }))
  const close = bytesOf(`${indent}}`)
  return (value, output) => {
    let isEmpty = true
    for (const { name, open, next, hidesEmpty, absent, write } of fields) {
      const member = (value as Json)[name] ?? undefined
      if (member === undefined ? absent === undefined : hidesEmpty && (member as unknown[]).length === 0) continue
      output.addBytes(isEmpty ? open : next)
      isEmpty = false
      if (member !== undefined) write(member, output)
      else if (absent !== undefined) output.addBytes(absent)
    }
    output.addBytes(isEmpty ? noFields : close)
  }
}

const noFields = bytesOf('{}')

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
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
