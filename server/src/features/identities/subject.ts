import type { Context } from '../../context/context.ts'
import type { Reader, Tx } from '../../db/database.ts'
import type { UserTable } from '../../db/tables/identity-tables.ts'
import { AppError } from '../../errors/app-error.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { self } from './identity-rules.ts'
import { getUser } from './user-store.ts'

/**
 * The user that a request is about. Everyone may name oneself, administrators everyone; whether somebody else exists is
 * told to administrators alone.
 *
 * @param user id, name or `me`
 * @throws AppError `not-found`, `permission-denied`; `invalid-parameter` when `me` is nobody
 */
export async function subjectOf(
  db: Reader | Tx,
  { platform, caller }: Pick<Context, 'platform' | 'caller'>,
  user: string,
): Promise<UserTable> {
  const isSelf = user === self || (caller.kind !== 'open' && (user === caller.id || user === caller.name))
  if (isSelf && caller.kind === 'open') {
    throw invalidParameter('Nobody has logged in: there are no users yet. Create the first administrator.', {
      field: 'user_id',
    })
  }
  if (!isSelf && !caller.administrator) throw new AppError('permission-denied', 'Only administrators may do this.')
  return getUser(db, platform, isSelf ? caller.id : user)
}

/**
 * Credentials are made and changed by users who have logged in by themselves or with a token that may administer: a lesser
 * token could otherwise make itself a greater one.
 *
 * @throws AppError `permission-denied`
 */
export function refuseLimited({ caller: { limits } }: Pick<Context, 'caller'>): void {
  if (limits === undefined || (limits.access === 'admin' && limits.workspaces === undefined)) return
  throw new AppError('permission-denied', 'This takes a token with access admin that is not limited to workspaces.')
}
