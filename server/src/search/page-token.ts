import { createHash } from 'node:crypto'
import { invalidParameter } from '../errors/errors.ts'
import { parseExactJson, stringifyExactJson } from '../lib/exact-json.ts'
import { toPythonJson } from '../lib/python-json.ts'
import type { SortKey, SortValues } from './keyset.ts'

/**
 * A page token: where the page before ended, bound to the query that it belongs to. Opaque to clients and safe in a URL.
 *
 * @param query everything that decides what is found and in which order
 */
export function encodePageToken(query: unknown, after: SortValues): string {
  return Buffer.from(stringifyExactJson({ query: digestOf(query), after })).toString('base64url')
}

/**
 * The sort values in a page token; undefined for an absent or empty one.
 *
 * @param kinds of the sort values, one for each
 * @throws AppError `invalid-parameter` with MLflow's wording when it is no token, or one of another query
 */
export function decodePageToken(
  text: string | undefined,
  query: unknown,
  kinds: readonly SortKey['kind'][],
): SortValues | undefined {
  if (!text) return undefined
  const token = readToken(text)
  if (token['query'] !== digestOf(query)) {
    throw refusal('Invalid page token: it belongs to a search with another filter, order or set of experiments.')
  }
  const { after } = token
  if (
    !Array.isArray(after) ||
    after.length !== kinds.length ||
    !kinds.every((kind, place) => isOf(kind, after[place]))
  ) {
    throw refusal(`Invalid page token, parsed value=${toPythonJson(token)}`)
  }
  return after as SortValues
}

function readToken(text: string): Record<string, unknown> {
  if (!/^[\w+/-]*={0,2}$/.test(text)) throw refusal('Invalid page token, could not base64-decode')
  const decoded = Buffer.from(text, 'base64').toString('utf8')
  let token: unknown
  try {
    token = parseExactJson(decoded)
  } catch {
    throw refusal(`Invalid page token, decoded value=${decoded}`)
  }
  if (typeof token !== 'object' || token === null || Array.isArray(token)) {
    throw refusal(`Invalid page token, decoded value=${decoded}`)
  }
  return token as Record<string, unknown>
}

function isOf(kind: SortKey['kind'], value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint'
    case 'integer':
      return typeof value === 'bigint' || Number.isSafeInteger(value)
  }
}

function refusal(message: string): Error {
  return invalidParameter(message, { field: 'page_token' })
}

/** A short name of a query, the same for equal ones. */
export function digestOf(query: unknown): string {
  return createHash('sha256').update(stringifyExactJson(query)).digest('base64url').slice(0, 16)
}
