import type { AppError } from '../errors/app-error.ts'
import { cannotParse, invalidParameter } from '../errors/errors.ts'
import { parseExactJson } from '../lib/exact-json.ts'

/** What a JSON body turned out to be. `malformed` bodies count as `{}` until the required fields have been asked for. */
export interface JsonBody {
  readonly json: Record<string, unknown>
  readonly malformed: boolean
}

const absent: JsonBody = { json: {}, malformed: false }
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a JSON request body as MLflow 3.17.0 does: nothing, `null` and malformed text count as `{}`, a JSON string that
 * holds JSON is read a second time, a byte order mark is skipped.
 *
 * @throws AppError `cannot-parse` for arrays, numbers and booleans (MLflow crashes on them)
 */
export function parseJsonBody(bytes: Buffer | undefined): JsonBody {
  if (bytes === undefined || bytes.length === 0) return absent
  let value = parseLeniently(bytes)
  if (typeof value === 'string') value = parseText(value)
  if (bytes.length > unsuspiciousBytes) refuseExcess(value)
  if (value === undefined) return { json: {}, malformed: true }
  if (value === null) return absent
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw cannotParse('The request body must be a JSON object.')
  }
  return { json: value as Record<string, unknown>, malformed: false }
}

/** A shorter body cannot hold enough to harm. */
const unsuspiciousBytes = 2048
const deepest = 64
const mostValues = 500_000

/**
 * What no honest request has: values nested deeper than 64, more than 500,000 values in all.
 *
 * @throws AppError `invalid-parameter`
 */
function refuseExcess(value: unknown): void {
  let values = 0
  const visit = (member: unknown, depth: number): void => {
    if (++values > mostValues) throw invalidParameter(`The request body has more than ${mostValues} values.`)
    if (typeof member !== 'object' || member === null) return
    if (depth === deepest) throw invalidParameter(`The request body is nested deeper than ${deepest} levels.`)
    for (const inner of Object.values(member)) visit(inner, depth + 1)
  }
  visit(value, 0)
}

/**
 * MLflow's content type rule for POST and PUT.
 *
 * @throws AppError `cannot-parse`
 */
export function requireJsonContentType(contentType: string | undefined): void {
  if (contentType === 'application/json') return
  const mediaType = contentType?.split(';', 1)[0]?.trim()
  if (mediaType !== 'application/json') throw contentTypeProblem(contentType)
}

export function contentTypeProblem(contentType: string | undefined): AppError {
  return cannotParse(
    contentType === undefined
      ? 'Bad Request. Content-Type header is missing.'
      : "Bad Request. Content-Type must be one of ['application/json'].",
  )
}

function parseLeniently(bytes: Buffer): unknown {
  try {
    return parseText(utf8.decode(bytes))
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function parseText(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch (error) {
    if (error instanceof RangeError) throw invalidParameter(`The request body is nested deeper than ${deepest} levels.`)
    if (!(error instanceof SyntaxError)) throw error
    return parseBareTokens(text)
  }
}

const stringsAndBareTokens = /"(?:\\.|[^"\\])*"|-?\bInfinity\b|\bNaN\b/g

/**
 * Python clients may write bare NaN and Infinity tokens. They are no JSON; reading them as an overflowing number lets the
 * refusal name the field.
 */
function parseBareTokens(text: string): unknown {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined
  try {
    return parseExactJson(text.replace(stringsAndBareTokens, (token) => (token.startsWith('"') ? token : '1e999')))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
