import type { Reader, Tx } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Platform, Tenant } from '../../lib/tenant.ts'

/** Whose number the rows of an effect have. */
export type Owner = Tenant | Platform

export type RetryTokenRow = Tables['retry_tokens']

const tokenById = prepared((db, p: { owner: Owner; id: string }) =>
  db.selectFrom('retry_tokens').selectAll().where('tenant', '=', p.owner).where('token_id', '=', p.id),
)

/** What is kept for a token, expired or not. */
export async function findRetryToken(db: Reader | Tx, owner: Owner, id: string): Promise<RetryTokenRow | undefined> {
  const [row] = await tokenById(db, { owner, id })
  return row
}

export async function insertRetryToken(tx: Tx, row: RetryTokenRow): Promise<void> {
  await tx.insertInto('retry_tokens').values(row).execute()
}

export async function removeRetryToken(tx: Tx, owner: Owner, id: string): Promise<void> {
  await tx.deleteFrom('retry_tokens').where('tenant', '=', owner).where('token_id', '=', id).execute()
}

/**
 * Removes tokens that have expired, the oldest first.
 *
 * @param now epoch ms
 * @param limit most rows of one transaction
 * @returns whether there may be more
 */
export async function removeExpired(
  db: { readonly read: Reader; write<T>(owner: Owner, work: (tx: Tx) => Promise<T>): Promise<T> },
  owner: Owner,
  now: number,
  limit: number,
): Promise<boolean> {
  const due = await db.read
    .selectFrom('retry_tokens')
    .select(['expires'])
    .where('tenant', '=', owner)
    .where('expires', '<=', now)
    .orderBy('expires')
    .orderBy('token_id')
    .limit(limit)
    .execute()
  const last = due.at(-1)
  if (last === undefined) return false
  await db.write(owner, (tx) =>
    tx.deleteFrom('retry_tokens').where('tenant', '=', owner).where('expires', '<=', last.expires).execute(),
  )
  return due.length === limit
}
