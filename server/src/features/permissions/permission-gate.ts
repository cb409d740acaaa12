import type { Context } from '../../context/context.ts'
import type { Asked, Gate } from '../../context/guard.ts'
import type { Permission } from '../../contract/endpoint.ts'
import type { Reader } from '../../db/database.ts'
import { AppError } from '../../errors/app-error.ts'
import { permissionDenied } from '../../errors/errors.ts'
import { absentMount, absentObject } from './absent-object.ts'
import { granteesOf } from './caller-rights.ts'
import type { GrantCache, Rights } from './grant-cache.ts'
import { permissionsOnModelNamed } from './grant-store.ts'
import { leastInWorkspace, leastOnModel, neededPermission, withinLimits } from './permission-rules.ts'

/** What the gate has found: pass, or how much the caller sees of what it may not touch. */
type Verdict = 'pass' | 'visible' | 'hidden' | 'hidden-mount'

/**
 * The gate in front of every handler. Administrators of the platform pass; everyone else needs a grant on the workspace of
 * the mount, or on the model that the request names. What a caller cannot see is answered like what is not there.
 */
export function createPermissionGate(db: Reader, cache: GrantCache): Gate {
  const decide = async (asked: Asked, permission: Permission): Promise<void> => {
    const { platform, caller } = asked.context
    // A refusal never comes from memory: a grant may just have been made.
    const rights = await cache.load(platform, caller)
    const least = leastOnModel(permission)
    const verdict = mountVerdict(asked, permission, rights)
    if (verdict !== 'pass') throw refusal(asked, verdict)
    if (least === undefined) return
    const found = await permissionsOnModelNamed(db, platform, modelNameOf(asked), granteesOf(caller))
    if (found === undefined || found.permissions === 0) throw refusal(asked, 'hidden')
    if (found.permissions < least) throw refusal(asked, 'visible')
  }
  return {
    admit(asked) {
      const permission = neededPermission(asked.endpoint.permission, asked.input)
      if (permission === 'public') return undefined
      const { caller, mount, tenant } = asked.context
      if (caller.limits !== undefined) {
        const workspace = mount === 'platform' ? undefined : tenant
        if (!withinLimits(caller.limits, permission, workspace)) throw refusal(asked, beyondLimits(asked))
      }
      if (caller.administrator) return undefined
      const known = cache.known(asked.context.platform, asked.context.caller)
      if (
        known !== undefined &&
        leastOnModel(permission) === undefined &&
        mountVerdict(asked, permission, known) === 'pass'
      ) {
        return undefined
      }
      return decide(asked, permission)
    },
  }
}

/** A token of other workspaces sees nothing of this one. */
function beyondLimits({ context: { caller, tenant }, mountIds }: Asked): Exclude<Verdict, 'pass'> {
  if (caller.limits?.workspaces?.includes(tenant) !== false) return 'visible'
  return mountIds.workspaceKey === undefined ? 'hidden' : 'hidden-mount'
}

/** What the grants on workspaces and platform say; a model's own are another question. */
function mountVerdict({ context, mountIds, endpoint }: Asked, permission: Permission, rights: Rights): Verdict {
  const here = rights.workspaces.get(context.tenant) ?? 0
  const namesWorkspace = mountIds.workspaceKey !== undefined
  if (namesWorkspace && here === 0) return 'hidden-mount'
  const least = leastInWorkspace(permission)
  if (least !== undefined) return here >= least ? 'pass' : here > 0 ? 'visible' : 'hidden'
  switch (permission) {
    case 'self':
    case 'platform.read':
    case 'registry.read':
    case 'model.read':
    case 'model.manage':
      return 'pass'
    case 'model.admin':
      // Renaming makes the new name: whoever does it must be allowed to create models.
      return endpoint.id !== 'renameRegisteredModel' || mayCreateModels(context, rights, namesWorkspace)
        ? 'pass'
        : 'hidden'
    case 'registry.create':
      return mayCreateModels(context, rights, namesWorkspace) ? 'pass' : 'visible'
    case 'workspace.create':
      return rights.mayCreateWorkspaces ? 'pass' : 'visible'
    default:
      return 'visible'
  }
}

/** Models are made by those who work in the workspace of the mount, or at a platform's own mount in any of its workspaces. */
function mayCreateModels({ tenant }: Context, rights: Rights, namesWorkspace: boolean): boolean {
  return namesWorkspace ? (rights.workspaces.get(tenant) ?? 0) > 0 : rights.workspaces.size > 0
}

function modelNameOf({ input }: Asked): string {
  const name = input['name'] ?? input['registeredModelKey']
  return typeof name === 'string' ? name : ''
}

/** 403 only in MLflow's dialect and only about what the caller sees; otherwise the answer for what is not there. */
function refusal(asked: Asked, verdict: Exclude<Verdict, 'pass'>): AppError {
  const error = errorFor(asked, verdict)
  return new AppError(error.code, error.message, { ...error.details, refused: true })
}

function errorFor(asked: Asked, verdict: Exclude<Verdict, 'pass'>): AppError {
  if (verdict === 'hidden-mount') return absentMount(asked.mountIds)
  const tellsApart = verdict === 'visible' && asked.context.dialect === 'mlflow'
  const absent = tellsApart ? undefined : absentObject(asked)
  return absent ?? permissionDenied(`You have no permission for ${asked.endpoint.id} here.`)
}
