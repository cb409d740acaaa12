import { AppError } from '../../errors/app-error.ts'
import { invalidParameter, unavailable } from '../../errors/errors.ts'

/** The `code` of a file system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Nothing that belongs to a store lies at a path: the name is not there (ENOENT), a part of the way is a file (ENOTDIR),
 * it is a symbolic link (ELOOP with O_NOFOLLOW), a socket (ENXIO), or no file can have such a name.
 */
export function isAbsent(error: unknown): boolean {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENXIO':
    case 'ENAMETOOLONG':
      return true
    default:
      return false
  }
}

/** What the caller of a store is told about a failed write; errors without a meaning for it pass through. */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof AppError) return error
  switch (codeOf(error)) {
    case 'EISDIR':
    case 'ENOTEMPTY':
      return invalidParameter('Path refers to a directory, not a file')
    case 'ENOTDIR':
      return invalidParameter('A part of the path is a file, not a directory')
    case 'ENAMETOOLONG':
      return invalidParameter('Path is too long for the artifact store')
    case 'ENOSPC':
    case 'EDQUOT':
      return unavailable('The artifact store has no space left', error)
    default:
      return error
  }
}
