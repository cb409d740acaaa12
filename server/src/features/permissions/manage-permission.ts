import { type Answer, type Context, handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { invalidParameter, missingParameter, relatedNotFound } from '../../errors/errors.ts'
import { modelNotFound } from '../registered-models/registered-model-rules.ts'
import { checkWorkspaceRevision } from '../workspaces/workspace-store.ts'
import {
  changeGrants,
  type GrantChange,
  type GrantObject,
  modelObject,
  permissionsOnModelNamed,
  platformObject,
  workspaceObject,
} from './grant-store.ts'
import { findGrantees } from './grantee-directory.ts'
import * as contract from './permission-contract.ts'
import {
  checkAssignees,
  modelPermissions,
  type PermissionSet,
  permissionSet,
  platformPermissions,
  strongest,
  workspacePermissions,
} from './permission-rules.ts'

export const manageRegisteredModelPermission = handle(
  contract.manageRegisteredModelPermission,
  (context, { registeredModelKey: name, ...halves }) =>
    manage(
      context,
      modelPermissions,
      {
        assignRegisteredModelPermissionDetails: halves.assignRegisteredModelPermissionDetails,
        revokeRegisteredModelPermissionDetails: halves.revokeRegisteredModelPermissionDetails,
      },
      async (tx) => {
        const found = await permissionsOnModelNamed(tx, context.platform, name, [])
        if (found === undefined) throw modelNotFound(name)
        return modelObject(found.model)
      },
    ),
)

export const manageWorkspacePermission = handle(
  contract.manageWorkspacePermission,
  (context, { assignWorkspacePermissionDetails, revokeWorkspacePermissionDetails }) =>
    manage(
      context,
      workspacePermissions,
      { assignWorkspacePermissionDetails, revokeWorkspacePermissionDetails },
      async (tx) => {
        await checkWorkspaceRevision(tx, context.platform, context.tenant)
        return workspaceObject(context.tenant)
      },
    ),
)

export const manageCreateWorkspacePermission = handle(
  contract.manageCreateWorkspacePermission,
  (context, { assignCreateWorkspacePermissionDetails, revokeCreateWorkspacePermissionDetails }) =>
    manage(
      context,
      platformPermissions,
      { assignCreateWorkspacePermissionDetails, revokeCreateWorkspacePermissionDetails },
      async () => platformObject,
    ),
)

interface Assignment {
  readonly assignees?: { readonly type?: string | undefined; readonly targets: readonly string[] } | undefined
  readonly permissions: readonly string[]
}

/** A half of a request, read: whom by name or id, and what. */
interface Half {
  readonly type: ReturnType<typeof checkAssignees>
  readonly targets: readonly string[]
  readonly permissions: PermissionSet
}

/**
 * @param halves the two halves of the request under the names of their fields: the one that assigns, the one that revokes
 * @throws AppError `missing-parameter` when neither half is there
 */
async function manage(
  context: Context,
  known: readonly string[],
  halves: Readonly<Record<string, Assignment | undefined>>,
  objectIn: (tx: Tx) => Promise<GrantObject>,
): Promise<Answer<Record<never, never>>> {
  const { db, platform, caller, now, grants } = context
  const [[assignField, assign], [revokeField, revoke]] = Object.entries(halves) as [
    [string, Assignment | undefined],
    [string, Assignment | undefined],
  ]
  if (assign === undefined && revoke === undefined) throw missingParameter(assignField)
  const assigned = assign && readHalf(assign, known, assignField)
  const revoked = revoke && readHalf(revoke, known, revokeField)
  const answer = await db.write(platform, async (tx) => {
    const object = await objectIn(tx)
    const top = known.length > 1 ? strongest(known) : undefined
    const changes = {
      revoke: revoked && (await changeOf(tx, context, revoked, revokeField)),
      assign: assigned && (await changeOf(tx, context, assigned, assignField)),
    }
    await changeGrants(tx, platform, object, changes, { top, by: caller.id, now: now() })
    return { body: {} }
  })
  grants.forget()
  return answer
}

/** The right to create workspaces is one, which need not be named. */
function readHalf({ assignees, permissions }: Assignment, known: readonly string[], field: string): Half {
  if (assignees === undefined) throw missingParameter(`${field}.assignees`)
  if (assignees.type === undefined) throw missingParameter(`${field}.assignees.type`)
  const names = permissions.length === 0 && known.length === 1 ? known : permissions
  return {
    type: checkAssignees(assignees.type, assignees.targets, `${field}.assignees`),
    targets: [...new Set(assignees.targets)],
    permissions: permissionSet(names, known, `${field}.permissions`),
  }
}

async function changeOf(tx: Tx, { platform }: Context, half: Half, field: string): Promise<GrantChange> {
  const targets = `${field}.assignees.targets`
  // What a workspace operation may answer has no code of its own for other objects.
  const unknown = (message: string) =>
    field.includes('RegisteredModel')
      ? relatedNotFound(message, targets)
      : invalidParameter(message, { field: targets })
  const grantees = await findGrantees(tx, platform, half.type, half.targets, unknown)
  return { grantees, permissions: half.permissions }
}
