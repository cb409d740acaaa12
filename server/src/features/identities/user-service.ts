import { randomUUID } from 'node:crypto'
import type { Tx } from '../../db/database.ts'
import type { UserTable } from '../../db/tables/identity-tables.ts'
import { alreadyExists, conflict, invalidParameter } from '../../errors/errors.ts'
import type { Platform } from '../../lib/tenant.ts'
import { deleteGrantsOf } from '../permissions/grant-store.ts'
import { checkName, checkUserId } from './identity-rules.ts'
import { administratorExists, findUser, getUser, insertUser, removeUser, updateUserRow } from './user-store.ts'

export interface NewUser {
  readonly name: string
  readonly kind: 'person' | 'service'
  readonly administrator: boolean
  /** An OCID that the user has elsewhere; absent: a new one is made. */
  readonly id?: string | undefined
  /** Who vouches for the user: an OpenID provider, and the user's id there. */
  readonly vouched?: { readonly issuer: string; readonly subject: string }
}

/**
 * Makes a user who cannot log in yet: that takes a token, a key or an OpenID provider. There are no passwords.
 *
 * @throws AppError `invalid-parameter`, also when the first user is no administrator; `already-exists`
 */
export async function createUser(tx: Tx, platform: Platform, now: number, user: NewUser): Promise<UserTable> {
  const name = checkName('name', user.name)
  const id = user.id === undefined ? `ocid1.user.local..${randomUUID().replaceAll('-', '')}` : checkUserId(user.id)
  if (!user.administrator && !(await administratorExists(tx, platform))) {
    throw invalidParameter('The first user must be an administrator, since nobody else could let others in.', {
      field: 'administrator',
    })
  }
  await refuseTakenName(tx, platform, name)
  if ((await findUser(tx, platform, id)) !== undefined)
    throw alreadyExists(`There is a user with the id ${id} already.`)
  const row: UserTable = {
    tenant: platform,
    id,
    name,
    kind: user.kind,
    administrator: user.administrator ? 1 : 0,
    disabled: 0,
    issuer: user.vouched?.issuer ?? null,
    subject: user.vouched?.subject ?? null,
    created: now,
    updated: now,
    revision: 1,
  }
  await insertUser(tx, row)
  return row
}

/** Absent members stay as they are. */
export interface UserChanges {
  readonly name?: string | undefined
  readonly administrator?: boolean | undefined
  readonly disabled?: boolean | undefined
}

/**
 * @param user name or id
 * @throws AppError `not-found`, `invalid-parameter`, `already-exists`; `conflict` when no administrator would be left
 */
export async function changeUser(
  tx: Tx,
  platform: Platform,
  now: number,
  user: string,
  { name, administrator, disabled }: UserChanges,
): Promise<UserTable> {
  const row = await getUser(tx, platform, user)
  if (name !== undefined && name !== row.name) await refuseTakenName(tx, platform, checkName('name', name))
  const changed = await updateUserRow(
    tx,
    row,
    {
      ...(name === undefined ? {} : { name }),
      ...(administrator === undefined ? {} : { administrator: administrator ? 1 : 0 }),
      ...(disabled === undefined ? {} : { disabled: disabled ? 1 : 0 }),
    },
    now,
  )
  await refuseWithoutAdministrator(tx, platform)
  return changed
}

/**
 * Deletes a user with its tokens, keys, memberships and grants.
 *
 * @param user name or id
 * @throws AppError `not-found`; `conflict` when no administrator would be left
 */
export async function deleteUser(tx: Tx, platform: Platform, user: string): Promise<UserTable> {
  const row = await getUser(tx, platform, user)
  await removeUser(tx, row)
  await deleteGrantsOf(tx, platform, row.id)
  await refuseWithoutAdministrator(tx, platform)
  return row
}

async function refuseTakenName(tx: Tx, platform: Platform, name: string): Promise<void> {
  if ((await findUser(tx, platform, name)) !== undefined) throw alreadyExists(`There is a user '${name}' already.`)
}

/** A server that has had users never becomes open again. */
async function refuseWithoutAdministrator(tx: Tx, platform: Platform): Promise<void> {
  if (await administratorExists(tx, platform)) return
  throw conflict('This is the last administrator who can log in. Make another one first.')
}
