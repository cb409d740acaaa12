import { asciiJsonString } from './ascii-json.ts'
import { formatPythonFloat } from './python-float.ts'

/** A number token of JSON, as Python prints the number that it stands for. */
class PythonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const stringOrBareToken = /"(?:[^"\\]|\\.)*"|(?:-?Infinity|NaN)(?!\s*:)/g
const bareToken = /^\0(NaN|-?Infinity)$/

/**
 * Parses JSON as Python reads it, with the tokens NaN and Infinity, so that `toPythonJson` gives back what Python's `json.dumps(json.loads(text))` does: numbers are kept as
 * `PythonNumber`.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parsePythonJson(text: string): unknown {
  const quoted = text.replace(stringOrBareToken, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`))
  return JSON.parse(quoted, reviveNumber as (key: string, value: unknown) => unknown)
}

function reviveNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value === 'string') {
    const token = bareToken.exec(value)?.[1]
    return token === undefined ? value : new PythonNumber(token)
  }
  if (typeof value !== 'number') return value
  const source = context.source ?? String(value)
  if (/^-?\d+$/.test(source)) return new PythonNumber(source === '-0' ? '0' : source)
  if (Number.isFinite(value)) return new PythonNumber(formatPythonFloat(value))
  return new PythonNumber(value > 0 ? 'Infinity' : '-Infinity')
}

/** JSON text with Python's default separators, in ASCII. */
export function toPythonJson(value: unknown): string {
  if (value instanceof PythonNumber) return value.text
  if (typeof value === 'string') return asciiJsonString(value)
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).map(([key, member]) => `${asciiJsonString(key)}: ${toPythonJson(member)}`)
  return `{${members.join(', ')}}`
}
