import { invalidParameter, missingParameter } from '../../errors/errors.ts'

/** What stands for the caller in a path. */
export const self = 'me'

const longestName = 128
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u
/** Words that mean something else where a user is named, or in a Basic login. */
const reservedNames = new Set([self, 'token', 'anonymous'])
const userIdPattern = /^ocid1\.user\.[a-z0-9-]*\.[a-z0-9-]*\.[A-Za-z0-9_-]{1,128}$/
const tenancyPattern = /^ocid1\.tenancy\.[a-z0-9-]*\.[a-z0-9-]*\.[A-Za-z0-9_-]{1,128}$/

/**
 * Names of users and groups: a letter or digit, then also `. _ @ + -`; at most 128 characters. Nothing that looks like an
 * id, so that a reference is either.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkName(field: string, name: string): string {
  if (!hasNameForm(name)) {
    throw invalidParameter(
      `'${field}' must be 1 to ${longestName} letters, digits and . _ @ + -, beginning with a letter or digit.`,
      { field },
    )
  }
  if (reservedNames.has(name)) throw invalidParameter(`'${field}' must not be '${name}', which is reserved.`, { field })
  return name
}

/** Whether a name of another system can be one here as it is. */
export function isName(name: string): boolean {
  return hasNameForm(name) && !reservedNames.has(name)
}

function hasNameForm(name: string): boolean {
  return name.length <= longestName && namePattern.test(name) && !name.startsWith('ocid1.')
}

/** The name of a token, for people. @throws AppError `invalid-parameter`, `missing-parameter` */
export function checkTokenName(field: string, name: string): string {
  if (name.trim() === '') throw missingParameter(field)
  if (name.length > longestName || /\p{Cc}/u.test(name)) {
    throw invalidParameter(`'${field}' must be at most ${longestName} characters, without control characters.`, {
      field,
    })
  }
  return name
}

/** An OCID that a user already has elsewhere. @throws AppError `invalid-parameter` */
export function checkUserId(id: string): string {
  if (!userIdPattern.test(id))
    throw invalidParameter("'id' must be an OCID such as ocid1.user.oc1..xyz.", { field: 'id' })
  return id
}

/** The tenancy of clients that sign requests. @throws AppError `invalid-parameter` */
export function checkTenancy(tenancy: string): string {
  if (!tenancyPattern.test(tenancy)) {
    throw invalidParameter("'tenancy' must be an OCID such as ocid1.tenancy.oc1..xyz.", { field: 'tenancy' })
  }
  return tenancy
}

/** When a token ends. @throws AppError `invalid-parameter` when that is not after `now` */
export function checkExpiry(expires: number, now: number): number {
  if (!Number.isSafeInteger(expires) || expires <= now) {
    throw invalidParameter("'expiration_time' must be in the future, in epoch milliseconds.", {
      field: 'expiration_time',
    })
  }
  return expires
}

/** @throws AppError `invalid-parameter` */
export function pageSize(maxResults: number | undefined): number {
  const size = maxResults ?? 100
  if (size >= 1 && size <= 1000) return size
  throw invalidParameter(`'max_results' must be 1 to 1000; it is ${size}.`, { field: 'max_results' })
}
