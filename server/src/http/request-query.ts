import type { Dialect } from '../contract/endpoint.ts'
import type { MessageType } from '../contract/wire.ts'
import { invalidParameter } from '../errors/errors.ts'

/** Query parameters in order; `+` is a blank, a broken percent escape stays as it is. */
export function parseQuery(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  if (query === '') return values
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decodePart(equals === -1 ? part : part.slice(0, equals))
    const value = equals === -1 ? '' : decodePart(part.slice(equals + 1))
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, [value])
    else earlier.push(value)
  }
  return values
}

/**
 * The request object of a query: snake_case names only, the first of a repeated scalar, all of a list. In AIDP's dialect an
 * empty value is none: some of its clients leave out what is empty, others send the name alone.
 *
 * @throws AppError `invalid-parameter` for what is neither true nor false, in MLflow's words or, in AIDP's dialect, in those
 *   that name the field
 */
export function requestFromQuery(
  type: MessageType<unknown>,
  query: Map<string, string[]>,
  dialect: Dialect,
): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const name in type.fields) {
    const field = type.fields[name]
    const given = query.get(name)
    const values = dialect === 'aidp' ? given?.filter((value) => value !== '') : given
    if (field?.alias !== undefined) {
      const alias = query.get(field.alias)
      if (alias !== undefined) json[field.alias] = alias[0]
    }
    if (field === undefined || values === undefined || values.length === 0) continue
    if (field.type.kind === 'list') json[name] = values
    else if (field.type.kind === 'bool') json[name] = booleanOf(values[0] ?? '', name, dialect)
    else json[name] = values[0]
  }
  return json
}

function booleanOf(text: string, field: string, dialect: Dialect): boolean {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') {
    throw invalidParameter(
      dialect === 'aidp'
        ? `Invalid value for parameter '${field}': it must be true or false.`
        : `Invalid boolean value: ${text}, must be 'true' or 'false'.`,
      { field },
    )
  }
  return lower === 'true'
}

function decodePart(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, decodeRun)
  }
}

/** Decodes what is UTF-8 in a row of escapes, and leaves each escape that is not as it is. */
function decodeRun(escapes: string): string {
  let text = ''
  for (let at = 0; at < escapes.length; ) {
    const length = 3 * utf8Length(Number.parseInt(escapes.slice(at + 1, at + 3), 16))
    const decoded = decodeCharacter(escapes.slice(at, at + length))
    text += decoded ?? escapes.slice(at, at + 3)
    at += decoded === undefined ? 3 : length
  }
  return text
}

/** Bytes of the character that begins with a byte. */
function utf8Length(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

function decodeCharacter(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}
