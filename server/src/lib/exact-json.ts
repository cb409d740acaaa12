import { toInt64 } from './int64.ts'

/** A number token of 16 or more digits that may be an integer beyond what a double holds. */
const longInteger = /[:[,\s]-?\d{16,}\s*[,}\]]/

/**
 * Parses JSON so that integers stay exact: those beyond 2^53 become bigints. Later duplicates of a key win.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text)
  return JSON.parse(text, reviveExactly as (key: string, value: unknown) => unknown)
}

function reviveExactly(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context.source === undefined) return value
  return /^-?\d+$/.test(context.source) ? toInt64(context.source) : value
}

/** Compact JSON of a value that may hold bigints. */
export function stringifyExactJson(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(stringifyExactJson).join(',')}]`
      return `{${Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}:${stringifyExactJson(member)}`)
        .join(',')}}`
    default:
      return JSON.stringify(value) ?? 'null'
  }
}
