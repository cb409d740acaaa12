/** An `Authorization` header, split. */
export interface Authorization {
  /** Lower case. */
  readonly scheme: string
  readonly credential: string
}

/** Longest header that is looked at, in characters: a session token with a signature fits. */
const longest = 16_384

/**
 * The credentials of a request.
 *
 * @param rawHeaders name, value, name, value, …
 * @returns undefined when there are none; `malformed` when the header is repeated, too long, or has no scheme or credential
 */
export function readAuthorization(rawHeaders: readonly string[]): Authorization | 'malformed' | undefined {
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (found !== undefined) return 'malformed'
    found = rawHeaders[index + 1] ?? ''
  }
  if (found === undefined) return undefined
  if (found.length > longest) return 'malformed'
  const blank = found.indexOf(' ')
  if (blank < 1) return 'malformed'
  const credential = found.slice(blank + 1).trim()
  return credential === '' ? 'malformed' : { scheme: found.slice(0, blank).toLowerCase(), credential }
}
