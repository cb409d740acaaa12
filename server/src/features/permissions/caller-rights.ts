import { type RawBuilder, sql } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import { grantKind } from '../../db/tables/permission-tables.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform, Tenant } from '../../lib/tenant.ts'
import { always, type Condition } from '../../search/text-condition.ts'
import { type GrantObject, modelObject, permissionsOn, putGrant, workspaceObject } from './grant-store.ts'
import {
  allUsersRole,
  modelPermissions,
  type PermissionSet,
  strongest,
  workspacePermissions,
} from './permission-rules.ts'

/** Ids under which a caller may have been given something: its own, those of its groups, and the role of everyone. */
export function granteesOf(caller: Caller): string[] {
  return [caller.id, ...caller.groups, allUsersRole]
}

/**
 * The condition that a caller may see a model, for the WHERE of a search: rows, totals and pages then hold visible models
 * alone. Administrators of the platform see all.
 *
 * @param model the column that holds the model's number, such as `sql.ref('m.model')`
 */
export function visibleModels(platform: Platform, caller: Caller, model: RawBuilder<unknown>): Condition {
  if (caller.administrator) return always
  return sql`${model} in (select g.object from grants as g where g.tenant = ${platform}
    and g.grantee in (${sql.join(granteesOf(caller))}) and g.kind = ${sql.lit(grantKind.model)})`
}

/** The condition that a caller may see a workspace, for the WHERE of a list. */
export function visibleWorkspaces(platform: Platform, caller: Caller, workspace: RawBuilder<unknown>): Condition {
  if (caller.administrator) return always
  return sql`${workspace} in (select g.object from grants as g where g.tenant = ${platform}
    and g.grantee in (${sql.join(granteesOf(caller))}) and g.kind = ${sql.lit(grantKind.workspace)})`
}

/** Those of some workspaces in which the caller may read, for what a request names beside the workspace of its mount. */
export async function readableWorkspaces(
  db: Reader,
  platform: Platform,
  caller: Caller,
  workspaces: readonly Tenant[],
): Promise<Tenant[]> {
  const withinToken = workspaces.filter((one) => caller.limits?.workspaces?.includes(one) ?? true)
  if (caller.administrator) return withinToken
  const grantees = granteesOf(caller)
  const permissions = await Promise.all(
    withinToken.map((one) => permissionsOn(db, platform, workspaceObject(one), grantees)),
  )
  return withinToken.filter((_one, place) => permissions[place] !== 0)
}

/** Whether the caller may see a model that a request names beside the one it is about. */
export async function seesModel(db: Reader, platform: Platform, caller: Caller, model: Int64): Promise<boolean> {
  return caller.administrator || (await permissionsOn(db, platform, modelObject(model), granteesOf(caller))) !== 0
}

/**
 * Makes the creator of a model its ADMIN, in the transaction that creates it. A server without identities gives nothing:
 * there everyone may do everything.
 *
 * @param now epoch milliseconds
 */
export async function grantToModelCreator(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  model: Int64,
  now: number,
): Promise<void> {
  await grantToCreator(tx, platform, caller, modelObject(model), strongest(modelPermissions), now)
}

/** Makes the creator of a workspace its ADMINISTRATOR, in the transaction that creates it. */
export async function grantToWorkspaceCreator(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  workspace: Tenant,
  now: number,
): Promise<void> {
  await grantToCreator(tx, platform, caller, workspaceObject(workspace), strongest(workspacePermissions), now)
}

async function grantToCreator(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  object: GrantObject,
  permissions: PermissionSet,
  now: number,
): Promise<void> {
  if (caller.kind === 'open') return
  const grantee = { id: caller.id, type: 'USER', name: caller.name } as const
  await putGrant(tx, platform, object, grantee, permissions, caller.id, now)
}
