import { invalidParameter, missingParameter } from '../../errors/errors.ts'

/**
 * A workspace's display name is for people: it is not blank, and nothing in it is invisible.
 *
 * @throws AppError `missing-parameter`, `invalid-parameter`
 */
export function checkDisplayName(name: string): void {
  if (name.trim() === '') throw missingParameter('displayName')
  if (/\p{Cc}/u.test(name)) {
    throw invalidParameter("'displayName' must not have control characters.", { field: 'displayName' })
  }
}
