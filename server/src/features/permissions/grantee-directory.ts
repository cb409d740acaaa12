import type { Tx } from '../../db/database.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { Grantee } from './grant-store.ts'
import { allUsersRole, type GranteeType } from './permission-rules.ts'

/**
 * Whom a request means by names or ids; an id goes before a name.
 *
 * @param unknown makes the error for a target that is nobody on the platform
 */
export async function findGrantees(
  tx: Tx,
  platform: Platform,
  type: GranteeType,
  targets: readonly string[],
  unknown: (message: string) => AppError,
): Promise<Grantee[]> {
  const known = await candidates(tx, platform, type, targets)
  const byId = new Map(known.map((one) => [one.id, one]))
  const byName = new Map(known.map((one) => [one.name, one]))
  const found = targets.map((target) => {
    const grantee = byId.get(target) ?? byName.get(target)
    if (grantee === undefined) throw unknown(`There is no ${type} '${target}' on this platform.`)
    return { ...grantee, type }
  })
  return [...new Map(found.map((grantee) => [grantee.id, grantee])).values()]
}

async function candidates(
  tx: Tx,
  platform: Platform,
  type: GranteeType,
  targets: readonly string[],
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (type === 'ROLE') return [{ id: allUsersRole, name: allUsersRole }]
  return tx
    .selectFrom(type === 'USER' ? 'users' : 'user_groups')
    .select(['id', 'name'])
    .where('tenant', '=', platform)
    .where(({ or, eb }) => or([eb('id', 'in', targets), eb('name', 'in', targets)]))
    .execute()
}
