import type { Reader, Tx } from '../../db/database.ts'
import type { ApiKeyTable, UserTable } from '../../db/tables/identity-tables.ts'

/** The keys of a user, the oldest first. */
export async function listKeys(db: Reader | Tx, { tenant, id }: UserTable): Promise<ApiKeyTable[]> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('user_id', '=', id)
    .orderBy('created')
    .orderBy('fingerprint')
    .execute()
}

export async function insertKey(tx: Tx, row: ApiKeyTable): Promise<void> {
  await tx.insertInto('api_keys').values(row).execute()
}

/** @returns undefined when the user has no such key */
export async function markKey(
  tx: Tx,
  { tenant, id }: UserTable,
  fingerprint: string,
  disabled: boolean,
): Promise<ApiKeyTable | undefined> {
  return tx
    .updateTable('api_keys')
    .set({ disabled: disabled ? 1 : 0 })
    .where('tenant', '=', tenant)
    .where('user_id', '=', id)
    .where('fingerprint', '=', fingerprint)
    .returningAll()
    .executeTakeFirst()
}

/** @returns whether the user had such a key */
export async function removeKey(tx: Tx, { tenant, id }: UserTable, fingerprint: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('api_keys')
    .where('tenant', '=', tenant)
    .where('user_id', '=', id)
    .where('fingerprint', '=', fingerprint)
    .returning('fingerprint')
    .executeTakeFirst()
  return removed !== undefined
}

/** The id that paths name a platform by. */
export async function platformId(db: Reader | Tx, platform: number): Promise<string> {
  const row = await db.selectFrom('platforms').select('id').where('platform', '=', platform).executeTakeFirstOrThrow()
  return row.id
}
