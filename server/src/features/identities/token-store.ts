import type { Reader, Tx } from '../../db/database.ts'
import type { ApiTokenTable, UserTable } from '../../db/tables/identity-tables.ts'
import type { Platform } from '../../lib/tenant.ts'

/** The tokens of a user, the oldest first; how many there can be is limited when they are made. */
export async function listTokens(db: Reader | Tx, { tenant, id }: UserTable): Promise<ApiTokenTable[]> {
  return db
    .selectFrom('api_tokens')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('user_id', '=', id)
    .orderBy('id')
    .execute()
}

export async function insertToken(tx: Tx, row: ApiTokenTable): Promise<void> {
  await tx.insertInto('api_tokens').values(row).execute()
}

/** @returns the token, also when it was revoked before; undefined when the user has no such token */
export async function markRevoked(
  tx: Tx,
  { tenant, id: userId }: UserTable,
  tokenId: string,
  now: number,
): Promise<ApiTokenTable | undefined> {
  return tx
    .updateTable('api_tokens')
    .set((expression) => ({ revoked: expression.fn.coalesce('revoked', expression.val(now)) }))
    .where('tenant', '=', tenant)
    .where('id', '=', tokenId)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst()
}

export async function removeToken(tx: Tx, { tenant, id }: ApiTokenTable): Promise<void> {
  await tx.deleteFrom('api_tokens').where('tenant', '=', tenant).where('id', '=', id).execute()
}

/** Keys and numbers of a platform's workspaces, for those that tokens are limited to. */
export async function workspacesByKey(
  db: Reader | Tx,
  platform: Platform,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('workspaces')
    .select(['key', 'tenant'])
    .where('platform', '=', platform)
    .where('key', 'in', keys)
    .execute()
  return new Map(rows.map(({ key, tenant }) => [key, tenant]))
}

/** Keys of workspaces by their numbers. */
export async function workspaceKeys(db: Reader | Tx, numbers: readonly number[]): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  const rows = await db.selectFrom('workspaces').select(['key', 'tenant']).where('tenant', 'in', numbers).execute()
  return new Map(rows.map(({ key, tenant }) => [tenant, key]))
}
