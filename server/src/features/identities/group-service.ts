import { randomUUID } from 'node:crypto'
import type { Tx } from '../../db/database.ts'
import type { UserGroupTable } from '../../db/tables/identity-tables.ts'
import { alreadyExists, notFound } from '../../errors/errors.ts'
import type { Platform } from '../../lib/tenant.ts'
import { deleteGrantsOf } from '../permissions/grant-store.ts'
import {
  findGroup,
  getGroup,
  insertGroup,
  insertMember,
  removeGroup,
  removeMember,
  renameGroupRow,
} from './group-store.ts'
import { checkName } from './identity-rules.ts'
import { getUser } from './user-store.ts'

/** @throws AppError `invalid-parameter`, `already-exists` */
export async function createGroup(tx: Tx, platform: Platform, now: number, name: string): Promise<UserGroupTable> {
  await refuseTakenName(tx, platform, checkName('name', name))
  const id = `ocid1.group.local..${randomUUID().replaceAll('-', '')}`
  const row: UserGroupTable = { tenant: platform, id, name, created: now, updated: now, revision: 1 }
  await insertGroup(tx, row)
  return row
}

/** @throws AppError `not-found`, `invalid-parameter`, `already-exists` */
export async function renameGroup(
  tx: Tx,
  platform: Platform,
  now: number,
  group: string,
  name: string,
): Promise<UserGroupTable> {
  const row = await getGroup(tx, platform, group)
  if (name !== row.name) await refuseTakenName(tx, platform, checkName('name', name))
  return renameGroupRow(tx, row, name, now)
}

/** @throws AppError `not-found` */
export async function deleteGroup(tx: Tx, platform: Platform, group: string): Promise<UserGroupTable> {
  const row = await getGroup(tx, platform, group)
  await removeGroup(tx, row)
  await deleteGrantsOf(tx, platform, row.id)
  return row
}

/** Puts a user into a group; nothing happens when it is there already. @throws AppError `not-found` */
export async function addMember(tx: Tx, platform: Platform, now: number, group: string, user: string): Promise<void> {
  await insertMember(tx, await getGroup(tx, platform, group), await getUser(tx, platform, user), now)
}

/** @throws AppError `not-found`, also when the user is not in the group */
export async function dropMember(tx: Tx, platform: Platform, group: string, user: string): Promise<void> {
  const removed = await removeMember(tx, await getGroup(tx, platform, group), await getUser(tx, platform, user))
  if (!removed) throw notFound(`User '${user}' is not in group '${group}'.`)
}

async function refuseTakenName(tx: Tx, platform: Platform, name: string): Promise<void> {
  if ((await findGroup(tx, platform, name)) !== undefined) throw alreadyExists(`There is a group '${name}' already.`)
}
