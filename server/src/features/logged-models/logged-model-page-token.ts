import { createHash } from 'node:crypto'
import { invalidParameter } from '../../errors/errors.ts'
import { parseExactJson, stringifyExactJson } from '../../lib/exact-json.ts'
import { int64Max, int64Min } from '../../lib/int64.ts'
import { pythonStringRepr } from '../../lib/python-repr.ts'
import type { SortKey, SortValues } from '../../search/keyset.ts'

/** What a page belongs to, in MLflow's form; a token is good for this search alone. */
export interface TokenQuery {
  readonly experiment_ids: readonly string[]
  readonly filter_string: string | null
  readonly order_by: readonly Readonly<Record<string, string | boolean | null>>[] | null
}

interface Token extends TokenQuery {
  readonly after: SortValues
}

/** Longer parts of a query stand in the token as their digest, since it may travel in a header. */
const longestPart = 300

export function encodeModelPageToken(query: TokenQuery, after: SortValues): string {
  return Buffer.from(stringifyExactJson({ ...shortened(query), after })).toString('base64')
}

/**
 * The sort values in a token.
 *
 * @param kinds of the sort values, one for each
 * @throws AppError `invalid-parameter` when it is no token, or that of another search (MLflow's wording)
 */
export function decodeModelPageToken(text: string, query: TokenQuery, kinds: readonly SortKey['kind'][]): SortValues {
  const token = readToken(text)
  const asked = shortened(query)
  refuseOther('Experiment IDs', 'experiment IDs', asked.experiment_ids, token.experiment_ids)
  refuseOther('Filter string', 'filter string', asked.filter_string, token.filter_string)
  refuseOther('Order by', 'order by', asked.order_by, token.order_by)
  const { after } = token
  const isFitting =
    Array.isArray(after) && after.length === kinds.length && kinds.every((kind, i) => isOf(kind, after[i]))
  if (!isFitting) throw invalidToken(text)
  return after as SortValues
}

function isOf(kind: SortKey['kind'], value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint'
    case 'integer':
      return typeof value === 'bigint' ? value <= int64Max && value >= int64Min : Number.isSafeInteger(value)
  }
}

function readToken(text: string): Partial<Record<keyof Token, unknown>> {
  try {
    const token = parseExactJson(Buffer.from(text, 'base64').toString('utf8'))
    if (typeof token === 'object' && token !== null) return token
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw invalidToken(text)
}

function invalidToken(text: string): Error {
  return invalidParameter(`Invalid page token: ${text}`, { field: 'page_token' })
}

function refuseOther(what: string, lower: string, asked: unknown, found: unknown): void {
  if (stringifyExactJson(asked) === stringifyExactJson(found ?? null)) return
  throw invalidParameter(
    `${what} in the page token do${what.endsWith('s') ? '' : 'es'} not match the requested ${lower}. ` +
      `Expected: ${pythonText(asked)}. Found: ${pythonText(found ?? null)}`,
    { field: 'page_token' },
  )
}

function shortened(query: TokenQuery): Record<keyof TokenQuery, unknown> {
  return {
    experiment_ids: shortPart(query.experiment_ids),
    filter_string: shortPart(query.filter_string),
    order_by: shortPart(query.order_by),
  }
}

function shortPart(part: unknown): unknown {
  const text = JSON.stringify(part)
  return text.length <= longestPart ? part : `sha256:${createHash('sha256').update(text).digest('base64url')}`
}

/** As Python prints it, strings at the top without quotes. */
function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

function pythonRepr(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return pythonStringRepr(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value).map(([key, member]) => `${pythonStringRepr(key)}: ${pythonRepr(member)}`)
  return `{${members.join(', ')}}`
}
