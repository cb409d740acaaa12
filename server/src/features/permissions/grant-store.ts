import { sql } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import { type GrantKind, grantKind } from '../../db/tables/permission-tables.ts'
import { conflict } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform, Tenant } from '../../lib/tenant.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always } from '../../search/text-condition.ts'
import type { GranteeType, PermissionSet } from './permission-rules.ts'

/** What grants are about: the platform, one of its workspaces, one of its models. */
export interface GrantObject {
  readonly kind: GrantKind
  readonly number: Int64
}

export function workspaceObject(tenant: Tenant): GrantObject {
  return { kind: 'workspace', number: tenant }
}

export function modelObject(model: Int64): GrantObject {
  return { kind: 'model', number: model }
}

export const platformObject: GrantObject = { kind: 'platform', number: 0 }

export interface Grantee {
  readonly id: string
  readonly type: GranteeType
  readonly name: string
}

/** Permissions to give to each of the grantees, or to take from them. */
export interface GrantChange {
  readonly grantees: readonly Grantee[]
  readonly permissions: PermissionSet
}

export interface GrantRow {
  readonly grantee: string
  readonly grantee_type: string
  readonly grantee_name: string
  readonly permissions: PermissionSet
  readonly created: Int64
}

/**
 * Revokes, then assigns, in the transaction of the request.
 *
 * @param top the permission that someone must keep once anyone had it
 * @param by id of the caller
 * @param now epoch milliseconds
 * @throws AppError `conflict` when nobody would be left with `top`
 */
export async function changeGrants(
  tx: Tx,
  platform: Platform,
  object: GrantObject,
  { revoke, assign }: { readonly revoke?: GrantChange | undefined; readonly assign?: GrantChange | undefined },
  { top, by, now }: { readonly top: PermissionSet | undefined; readonly by: string; readonly now: number },
): Promise<void> {
  const hadTop = top !== undefined && (await someoneHas(tx, platform, object, top))
  const ids = [...(revoke?.grantees ?? []), ...(assign?.grantees ?? [])].map(({ id }) => id)
  const before = new Map((await grantsOf(tx, platform, object, ids)).map((row) => [row.grantee, row.permissions]))
  const after = new Map(before)
  for (const { id } of revoke?.grantees ?? []) after.set(id, (after.get(id) ?? 0) & ~(revoke?.permissions ?? 0))
  for (const { id } of assign?.grantees ?? []) after.set(id, (after.get(id) ?? 0) | (assign?.permissions ?? 0))
  for (const grantee of new Map(
    [...(revoke?.grantees ?? []), ...(assign?.grantees ?? [])].map((one) => [one.id, one]),
  ).values()) {
    const permissions = after.get(grantee.id) ?? 0
    if (permissions === (before.get(grantee.id) ?? 0)) continue
    if (permissions === 0) await deleteGrant(tx, platform, object, grantee.id)
    else await putGrant(tx, platform, object, grantee, permissions, by, now)
  }
  if (hadTop && !(await someoneHas(tx, platform, object, top))) {
    throw conflict('The last administrator of an object cannot be removed: give the right to another one first.')
  }
}

/** Gives a permission set to one grantee, in place of what it had: to the creator of an object. */
export async function putGrant(
  tx: Tx,
  platform: Platform,
  object: GrantObject,
  grantee: Grantee,
  permissions: PermissionSet,
  by: string,
  now: number,
): Promise<void> {
  await tx
    .insertInto('grants')
    .values({
      tenant: platform,
      kind: grantKind[object.kind],
      object: object.number,
      grantee: grantee.id,
      grantee_type: grantee.type,
      grantee_name: grantee.name,
      permissions,
      created: now,
      granted_by: by,
    })
    .onConflict((target) =>
      target.columns(['tenant', 'kind', 'object', 'grantee']).doUpdateSet({ permissions, grantee_name: grantee.name }),
    )
    .execute()
}

async function deleteGrant(tx: Tx, platform: Platform, object: GrantObject, grantee: string): Promise<void> {
  await tx
    .deleteFrom('grants')
    .where('tenant', '=', platform)
    .where('kind', '=', grantKind[object.kind])
    .where('object', '=', object.number)
    .where('grantee', '=', grantee)
    .execute()
}

/** Takes all grants on an object away: rights die with their object. */
export async function deleteGrantsOn(tx: Tx, platform: Platform, object: GrantObject): Promise<void> {
  await tx
    .deleteFrom('grants')
    .where('tenant', '=', platform)
    .where('kind', '=', grantKind[object.kind])
    .where('object', '=', object.number)
    .execute()
}

/** Takes everything away that a user or group was given: rights die with whom they were given to. */
export async function deleteGrantsOf(tx: Tx, platform: Platform, grantee: string): Promise<void> {
  await tx.deleteFrom('grants').where('tenant', '=', platform).where('grantee', '=', grantee).execute()
}

async function someoneHas(tx: Tx, platform: Platform, object: GrantObject, top: PermissionSet): Promise<boolean> {
  const row = await tx
    .selectFrom('grants')
    .select('grantee')
    .where('tenant', '=', platform)
    .where('kind', '=', grantKind[object.kind])
    .where('object', '=', object.number)
    .where('permissions', '>=', top)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function grantsOf(
  db: Reader | Tx,
  platform: Platform,
  object: GrantObject,
  grantees: readonly string[],
): Promise<{ readonly grantee: string; readonly permissions: PermissionSet }[]> {
  if (grantees.length === 0) return []
  return db
    .selectFrom('grants')
    .select(['grantee', 'permissions'])
    .where('tenant', '=', platform)
    .where('kind', '=', grantKind[object.kind])
    .where('object', '=', object.number)
    .where('grantee', 'in', grantees)
    .execute()
}

/** The strongest of what some grantees (a caller, its groups and roles) have on one object. */
export async function permissionsOn(
  db: Reader | Tx,
  platform: Platform,
  object: GrantObject,
  grantees: readonly string[],
): Promise<PermissionSet> {
  const rows = await grantsOf(db, platform, object, grantees)
  return rows.reduce((all, { permissions }) => all | permissions, 0)
}

/** What some grantees have on the platform and its workspaces. */
export async function wideGrantsOf(
  db: Reader,
  platform: Platform,
  grantees: readonly string[],
): Promise<{ readonly kind: number; readonly object: Int64; readonly permissions: PermissionSet }[]> {
  return db
    .selectFrom('grants')
    .select(['kind', 'object', 'permissions'])
    .where('tenant', '=', platform)
    .where('grantee', 'in', grantees)
    .where('kind', '<', grantKind.model)
    .execute()
}

/** The number of a model and what some grantees have on it; undefined when there is no such model. */
export async function permissionsOnModelNamed(
  db: Reader | Tx,
  platform: Platform,
  name: string,
  grantees: readonly string[],
): Promise<{ readonly model: Int64; readonly permissions: PermissionSet } | undefined> {
  const row = await db
    .selectFrom('registered_models')
    .select('model')
    .where('tenant', '=', platform)
    .where('name', '=', name)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { model: row.model, permissions: await permissionsOn(db, platform, modelObject(row.model), grantees) }
}

export interface GrantOrder {
  readonly by: 'created' | 'name'
  readonly descending: boolean
}

export function grantSortKeys({ by, descending }: GrantOrder): SortKey[] {
  const first: SortKey =
    by === 'created'
      ? { kind: 'integer', expression: sql.ref('created'), descending }
      : { kind: 'text', expression: sql.ref('grantee_name'), descending }
  return [first, { kind: 'text', expression: sql.ref('grantee'), descending }]
}

/** Up to `limit` grants on an object, in order, each grantee once. */
export async function listGrants(
  db: Reader,
  platform: Platform,
  object: GrantObject,
  order: GrantOrder,
  after: SortValues | undefined,
  limit: number,
): Promise<{ readonly row: GrantRow; readonly values: SortValues }[]> {
  const keys = grantSortKeys(order)
  const start = after === undefined ? always : behind(keys, after)
  const { rows } = await sql<GrantRow>`select grantee, grantee_type, grantee_name, permissions, created from grants
    where tenant = ${platform} and kind = ${grantKind[object.kind]} and object = ${object.number} and ${start}
    order by ${orderOf(keys)} limit ${limit}`.execute(db)
  return rows.map((row) => ({ row, values: [order.by === 'created' ? row.created : row.grantee_name, row.grantee] }))
}
