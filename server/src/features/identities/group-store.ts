import type { Reader, Tx } from '../../db/database.ts'
import type { UserGroupTable, UserTable } from '../../db/tables/identity-tables.ts'
import { notFound } from '../../errors/errors.ts'
import type { Platform } from '../../lib/tenant.ts'

/** @param group name or id */
export async function findGroup(
  db: Reader | Tx,
  platform: Platform,
  group: string,
): Promise<UserGroupTable | undefined> {
  return db
    .selectFrom('user_groups')
    .selectAll()
    .where('tenant', '=', platform)
    .where(group.startsWith('ocid1.') ? 'id' : 'name', '=', group)
    .executeTakeFirst()
}

/**
 * @param group name or id
 * @throws AppError `not-found`
 */
export async function getGroup(db: Reader | Tx, platform: Platform, group: string): Promise<UserGroupTable> {
  const row = await findGroup(db, platform, group)
  if (row === undefined) throw notFound(`No group '${group}'.`)
  return row
}

/** A page of groups by name. @param after name of the last one of the page before */
export async function listGroupsByName(
  db: Reader,
  platform: Platform,
  limit: number,
  after?: string,
): Promise<UserGroupTable[]> {
  let query = db.selectFrom('user_groups').selectAll().where('tenant', '=', platform)
  if (after !== undefined) query = query.where('name', '>', after)
  return query.orderBy('name').limit(limit).execute()
}

export async function insertGroup(tx: Tx, row: UserGroupTable): Promise<void> {
  await tx.insertInto('user_groups').values(row).execute()
}

export async function renameGroupRow(
  tx: Tx,
  { tenant, id }: UserGroupTable,
  name: string,
  now: number,
): Promise<UserGroupTable> {
  return tx
    .updateTable('user_groups')
    .set((expression) => ({ name, updated: now, revision: expression('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function removeGroup(tx: Tx, { tenant, id }: UserGroupTable): Promise<void> {
  await tx.deleteFrom('group_members').where('tenant', '=', tenant).where('group_id', '=', id).execute()
  await tx.deleteFrom('user_groups').where('tenant', '=', tenant).where('id', '=', id).execute()
}

/** A page of the users in a group, by id. @param after id of the last one of the page before */
export async function listMembers(
  db: Reader,
  { tenant, id }: UserGroupTable,
  limit: number,
  after = '',
): Promise<UserTable[]> {
  return db
    .selectFrom('group_members')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'group_members.tenant').onRef('users.id', '=', 'group_members.user_id'),
    )
    .selectAll('users')
    .where('group_members.tenant', '=', tenant)
    .where('group_members.group_id', '=', id)
    .where('group_members.user_id', '>', after)
    .where('users.tenant', '=', tenant)
    .orderBy('group_members.user_id')
    .limit(limit)
    .execute()
}

/**
 * Does nothing when the user is in the group already.
 *
 * @param source `local`, or the issuer of the OpenID provider that says so
 */
export async function insertMember(
  tx: Tx,
  group: UserGroupTable,
  user: UserTable,
  now: number,
  source = 'local',
): Promise<void> {
  await tx
    .insertInto('group_members')
    .values({ tenant: group.tenant, group_id: group.id, user_id: user.id, source, created: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** @returns whether the user was in the group */
export async function removeMember(tx: Tx, group: UserGroupTable, user: UserTable): Promise<boolean> {
  const removed = await tx
    .deleteFrom('group_members')
    .where('tenant', '=', group.tenant)
    .where('group_id', '=', group.id)
    .where('user_id', '=', user.id)
    .returning('user_id')
    .executeTakeFirst()
  return removed !== undefined
}
