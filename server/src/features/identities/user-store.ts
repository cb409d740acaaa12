import type { Reader, Tx } from '../../db/database.ts'
import type { UserTable } from '../../db/tables/identity-tables.ts'
import { notFound } from '../../errors/errors.ts'
import type { Platform } from '../../lib/tenant.ts'

/** @param user name or id */
export async function findUser(db: Reader | Tx, platform: Platform, user: string): Promise<UserTable | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('tenant', '=', platform)
    .where(user.startsWith('ocid1.') ? 'id' : 'name', '=', user)
    .executeTakeFirst()
}

/**
 * @param user name or id
 * @throws AppError `not-found`
 */
export async function getUser(db: Reader | Tx, platform: Platform, user: string): Promise<UserTable> {
  const row = await findUser(db, platform, user)
  if (row === undefined) throw notFound(`No user '${user}'.`)
  return row
}

/** A page of users by name. @param after name of the last one of the page before */
export async function listUsersByName(
  db: Reader,
  platform: Platform,
  limit: number,
  after?: string,
): Promise<UserTable[]> {
  let query = db.selectFrom('users').selectAll().where('tenant', '=', platform)
  if (after !== undefined) query = query.where('name', '>', after)
  return query.orderBy('name').limit(limit).execute()
}

export async function insertUser(tx: Tx, row: UserTable): Promise<void> {
  await tx.insertInto('users').values(row).execute()
}

export async function updateUserRow(
  tx: Tx,
  { tenant, id }: UserTable,
  changes: Partial<Pick<UserTable, 'name' | 'administrator' | 'disabled'>>,
  now: number,
): Promise<UserTable> {
  return tx
    .updateTable('users')
    .set((expression) => ({ ...changes, updated: now, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Deletes a user with everything that lets it log in. */
export async function removeUser(tx: Tx, { tenant, id }: UserTable): Promise<void> {
  await tx.deleteFrom('api_tokens').where('tenant', '=', tenant).where('user_id', '=', id).execute()
  await tx.deleteFrom('api_keys').where('tenant', '=', tenant).where('user_id', '=', id).execute()
  await tx.deleteFrom('group_members').where('tenant', '=', tenant).where('user_id', '=', id).execute()
  await tx.deleteFrom('users').where('tenant', '=', tenant).where('id', '=', id).execute()
}

/** Whether anybody can administer the platform: an enabled user with the administrator's mark. */
export async function administratorExists(tx: Tx, platform: Platform): Promise<boolean> {
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where('tenant', '=', platform)
    .where('administrator', '=', 1)
    .where('disabled', '=', 0)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The groups of a user, by name. */
export async function groupsOfUser(
  db: Reader | Tx,
  { tenant, id }: UserTable,
): Promise<{ readonly id: string; readonly name: string }[]> {
  return db
    .selectFrom('group_members')
    .innerJoin('user_groups', (join) =>
      join
        .onRef('user_groups.tenant', '=', 'group_members.tenant')
        .onRef('user_groups.id', '=', 'group_members.group_id'),
    )
    .select(['user_groups.id', 'user_groups.name'])
    .where('group_members.tenant', '=', tenant)
    .where('group_members.user_id', '=', id)
    .where('user_groups.tenant', '=', tenant)
    .orderBy('user_groups.name')
    .execute()
}
