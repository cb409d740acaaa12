import { formatPythonFloat } from '../lib/python-float.ts'

/**
 * Lists in filters are Python literals in MLflow: quotes of either kind, backslash escapes, neighbouring strings joined.
 * (Quoted values outside lists are not: there only the outer quotes are taken off.)
 */
export type PythonValue = string | PythonNumber | readonly PythonValue[]

/** A number, kept as Python prints it. */
interface PythonNumber {
  readonly number: string
}

export function isPythonTuple(value: PythonValue): value is readonly PythonValue[] {
  return typeof value !== 'string' && !('number' in value)
}

/** Reads a bracketed Python literal of strings, numbers and tuples; undefined when it is anything else. */
export function parsePythonLiteral(text: string): PythonValue | undefined {
  const reader: Reader = { text, at: 0 }
  const value = readValue(reader)
  skipBlanks(reader)
  return reader.at === text.length ? value : undefined
}

/** Python's `repr` of a string, number, list of strings (as `[…]`) or tuple. */
export function pythonRepr(value: PythonValue): string {
  if (typeof value === 'string') return stringRepr(value)
  if ('number' in value) return value.number
  return `(${value.map(pythonRepr).join(', ')}${value.length === 1 ? ',' : ''})`
}

/** Python's `repr` of a list of strings. */
export function pythonListRepr(values: readonly string[]): string {
  return `[${values.map(stringRepr).join(', ')}]`
}

interface Reader {
  readonly text: string
  at: number
}

/** Reads what the pattern matches at the reader's place; undefined and no move when it does not. */
function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text) ?? undefined
  if (found) reader.at += found[0].length
  return found
}

const blanks = /(?:[ \t\f\r\n]|#[^\n]*)*/y
const opening = /\(/y
const closing = /\)/y
const comma = /,/y
const quote = /([rRuU]?)('''|"""|'|")/y
const integer = /([+-]?)(\d+(?:_\d+)*)(?![\w.])/y
const float = /[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?(?![\w.])/y

function skipBlanks(reader: Reader): void {
  take(reader, blanks)
}

function readValue(reader: Reader): PythonValue | undefined {
  skipBlanks(reader)
  if (take(reader, opening)) return readTuple(reader)
  const whole = take(reader, integer)
  if (whole) return { number: BigInt(`${whole[1] === '-' ? '-' : ''}${whole[2]?.replaceAll('_', '')}`).toString() }
  const real = take(reader, float)
  if (real) return { number: formatPythonFloat(Number(real[0])) }
  return readStrings(reader)
}

/** A tuple, or the one value that stands in brackets without a comma. */
function readTuple(reader: Reader): PythonValue | undefined {
  const values: PythonValue[] = []
  for (let separated = true; ; ) {
    skipBlanks(reader)
    if (take(reader, closing)) return values.length === 1 && !separated ? values[0] : values
    if (!separated) return undefined
    const value = readValue(reader)
    if (value === undefined) return undefined
    values.push(value)
    skipBlanks(reader)
    separated = take(reader, comma) !== undefined
  }
}

/** One string or several next to each other, which are joined. */
function readStrings(reader: Reader): string | undefined {
  let joined: string | undefined
  for (let opened = take(reader, quote); opened; opened = take(reader, quote)) {
    const part = readString(reader, opened[2] as string, opened[1]?.toLowerCase() === 'r')
    if (part === undefined) return undefined
    joined = (joined ?? '') + part
    skipBlanks(reader)
  }
  return joined
}

function readString(reader: Reader, end: string, raw: boolean): string | undefined {
  let out = ''
  while (reader.at < reader.text.length) {
    if (reader.text.startsWith(end, reader.at)) {
      reader.at += end.length
      return out
    }
    const character = reader.text[reader.at] as string
    if (character === '\n' && end.length === 1) return undefined
    if (character !== '\\') {
      out += character
      reader.at += 1
      continue
    }
    const part = raw ? reader.text.slice(reader.at, reader.at + 2) : readEscape(reader)
    if (part === undefined) return undefined
    if (raw) reader.at += part.length
    out += part
  }
  return undefined
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const octalEscape = /\\([0-7]{1,3})/y
const codeEscape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y

function readEscape(reader: Reader): string | undefined {
  const octal = take(reader, octalEscape)
  if (octal) return String.fromCodePoint(Number.parseInt(octal[1] as string, 8))
  const code = take(reader, codeEscape)
  if (code) {
    const point = Number.parseInt((code[1] ?? code[2] ?? code[3]) as string, 16)
    return point > 0x10ffff ? undefined : String.fromCodePoint(point)
  }
  const next = reader.text[reader.at + 1]
  // A hexadecimal escape that is not complete is an error; names of characters (\N{…}) are not known here.
  if (next === undefined || 'xuUN'.includes(next)) return undefined
  reader.at += 2
  return simpleEscapes[next] ?? `\\${next}`
}

/** What Python's `repr` shows as an escape: controls, separators other than the blank, surrogates, unassigned characters. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const namedEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function stringRepr(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = [...text].map((character) => (character === mark ? `\\${mark}` : escaped(character))).join('')
  return `${mark}${body}${mark}`
}

function escaped(character: string): string {
  const named = namedEscapes[character]
  if (named) return named
  if (!unprintable.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
