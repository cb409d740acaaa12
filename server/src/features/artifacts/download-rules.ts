/** Facts of a file that conditions are about. */
export interface FileFacts {
  /** Bytes. */
  readonly size: number
  /** Strong, in quotes. */
  readonly etag: string
  readonly lastModified: Date
}

/** The request headers that decide what of a file is sent; names in lower case. */
export type DownloadHeaders = Readonly<Record<string, string | string[] | undefined>>

/** How a download is answered. A range has both its ends in it. */
export type DownloadDecision =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: { readonly start: number; readonly end: number } }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'range-not-satisfiable' }
  | { readonly kind: 'malformed-range'; readonly message: string }

interface Range {
  readonly start: number
  readonly end: number
}

/** More ranges than this in one header are not looked at. */
const mostRanges = 100

/**
 * What a GET or HEAD of a file is answered with: the conditions of RFC 9110 (13.2.2) in their order, then the range (14.2).
 * One part is served as such, and so are several that touch; of scattered parts the whole file is sent, which the RFC
 * allows. A range that is none is refused with the words of MLflow 3.17.0.
 */
export function decideDownload(method: string, headers: DownloadHeaders, file: FileFacts): DownloadDecision {
  const condition = conditionOf(headers, file)
  if (condition !== undefined) return condition
  const range = textOf(headers['range'])
  if (method !== 'GET' || range === undefined || !stillTheSame(textOf(headers['if-range']), file)) {
    return { kind: 'whole' }
  }
  return decideRange(range, file.size)
}

function conditionOf(headers: DownloadHeaders, file: FileFacts): DownloadDecision | undefined {
  const ifMatch = textOf(headers['if-match'])
  if (ifMatch !== undefined) {
    if (!namesEtag(ifMatch, file.etag, false)) return { kind: 'precondition-failed' }
  } else {
    const unmodifiedSince = secondsOf(headers['if-unmodified-since'])
    if (unmodifiedSince !== undefined && modifiedSecond(file) > unmodifiedSince) return { kind: 'precondition-failed' }
  }
  const ifNoneMatch = textOf(headers['if-none-match'])
  if (ifNoneMatch !== undefined) {
    return namesEtag(ifNoneMatch, file.etag, true) ? { kind: 'not-modified' } : undefined
  }
  const modifiedSince = secondsOf(headers['if-modified-since'])
  return modifiedSince !== undefined && modifiedSecond(file) <= modifiedSince ? { kind: 'not-modified' } : undefined
}

/** @param weak whether `W/"x"` stands for `"x"` */
function namesEtag(list: string, etag: string, weak: boolean): boolean {
  if (list.trim() === '*') return true
  const named = list.match(/(?:W\/)?"[^"]*"/g) ?? []
  return named.some((one) => one === etag || (weak && one === `W/${etag}`))
}

/** `If-Range`: a strong etag, or exactly the time of the last change. */
function stillTheSame(ifRange: string | undefined, file: FileFacts): boolean {
  if (ifRange === undefined || ifRange.trim() === file.etag) return true
  return !ifRange.includes('"') && secondsOf(ifRange) === modifiedSecond(file)
}

function decideRange(header: string, size: number): DownloadDecision {
  const equals = header.indexOf('=')
  if (equals === -1) return malformed('Malformed range header.')
  if (header.slice(0, equals).trim().toLowerCase() !== 'bytes') return malformed('Only support bytes range')
  const parts = header.slice(equals + 1).split(',')
  if (parts.length > mostRanges) return { kind: 'whole' }
  const ranges: Range[] = []
  for (const part of parts) {
    const match = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(part)
    const [, first = '', last = ''] = match ?? []
    if (first === '' && last === '') continue
    const range = first === '' ? suffixOf(Number(last), size) : { start: Number(first), end: lastByte(last, size) }
    if (first !== '' && last !== '' && Number(last) < range.start) {
      return malformed('Range header: start must be less than end')
    }
    ranges.push(range)
  }
  if (ranges.length === 0) return malformed('Range header: range must be requested')
  if (ranges.some(({ start }) => start >= size)) return { kind: 'range-not-satisfiable' }
  const [joined, ...others] = joinTouching(ranges)
  return joined !== undefined && others.length === 0 ? { kind: 'part', range: joined } : { kind: 'whole' }
}

function suffixOf(length: number, size: number): Range {
  return { start: length === 0 ? size : Math.max(0, size - length), end: size - 1 }
}

function lastByte(last: string, size: number): number {
  return last === '' ? size - 1 : Math.min(Number(last), size - 1)
}

function joinTouching(ranges: readonly Range[]): Range[] {
  const joined: Range[] = []
  for (const range of ranges.toSorted((left, right) => left.start - right.start)) {
    const before = joined.at(-1)
    if (before !== undefined && range.start <= before.end + 1) {
      joined[joined.length - 1] = { start: before.start, end: Math.max(before.end, range.end) }
    } else joined.push(range)
  }
  return joined
}

function malformed(message: string): DownloadDecision {
  return { kind: 'malformed-range', message }
}

function modifiedSecond({ lastModified }: FileFacts): number {
  return Math.floor(lastModified.getTime() / 1000)
}

/** Seconds since 1970 of an HTTP date; undefined for what is none, which is then ignored. */
function secondsOf(header: string | string[] | undefined): number | undefined {
  const milliseconds = Date.parse(textOf(header) ?? '')
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000)
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
