import type { Permission } from '../../contract/endpoint.ts'
import { invalidParameter, missingParameter } from '../../errors/errors.ts'
import type { AccessLevel, TokenLimits } from '../../lib/caller.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** What can be granted, the weakest first: each includes those before it. */
export const workspacePermissions = ['USER', 'PRIVILEGED_USER', 'ADMINISTRATOR'] as const
export const modelPermissions = ['READ', 'MANAGE', 'ADMIN'] as const
export const platformPermissions = ['CREATE_WORKSPACE'] as const

/** Who can be given a permission. */
const granteeTypes = ['USER', 'GROUP', 'ROLE'] as const
export type GranteeType = (typeof granteeTypes)[number]

/** The one role: everyone who has an identity on the platform. */
export const allUsersRole = 'ALL_USERS'

/** Names of one request's permissions, and its targets (limits of the API). */
const mostTargets = 100

/** A set of permissions as bits, the weakest being bit 0. A number of at least a bit's value includes its right. */
export type PermissionSet = number

/**
 * @param known the permissions of the kind, the weakest first
 * @throws AppError `invalid-parameter` for an unknown name, `missing-parameter` for an empty list
 */
export function permissionSet(names: readonly string[], known: readonly string[], field: string): PermissionSet {
  if (names.length === 0) throw missingParameter(field)
  return names.reduce((set, name) => {
    const place = known.indexOf(name)
    if (place === -1) {
      throw invalidParameter(`'${field}' takes ${known.join(', ')}, not '${name}'.`, { field })
    }
    return set | (1 << place)
  }, 0)
}

export function permissionNames(set: PermissionSet, known: readonly string[]): string[] {
  return known.filter((_name, place) => (set & (1 << place)) !== 0)
}

/** The set of the strongest permission of a kind alone. */
export function strongest(known: readonly string[]): PermissionSet {
  return 1 << (known.length - 1)
}

/** @throws AppError `invalid-parameter`, `missing-parameter` */
export function checkAssignees(type: string, targets: readonly string[], field: string): GranteeType {
  const known = granteeTypes.find((candidate) => candidate === type)
  if (known === undefined) {
    throw invalidParameter(`'${field}.type' takes ${granteeTypes.join(', ')}, not '${type}'.`, {
      field: `${field}.type`,
    })
  }
  if (targets.length === 0) throw missingParameter(`${field}.targets`)
  if (targets.length > mostTargets) {
    throw invalidParameter(`'${field}.targets' takes at most ${mostTargets} entries; there are ${targets.length}.`, {
      field: `${field}.targets`,
    })
  }
  return known
}

/** The least set of a workspace's permissions that allows what an endpoint needs; undefined for other permissions. */
export function leastInWorkspace(permission: Permission): PermissionSet | undefined {
  switch (permission) {
    case 'workspace.read':
    case 'workspace.write':
      return 1
    case 'workspace.purge':
      return 2
    case 'workspace.admin':
      return 4
    default:
      return undefined
  }
}

/** The least set of a model's permissions that allows what an endpoint needs; undefined for other permissions. */
export function leastOnModel(permission: Permission): PermissionSet | undefined {
  switch (permission) {
    case 'model.read':
      return 1
    case 'model.manage':
      return 2
    case 'model.admin':
      return 4
    default:
      return undefined
  }
}

/** A delete that cannot be undone needs more than one that can (D59). */
export function neededPermission(declared: Permission, input: Readonly<Record<string, unknown>>): Permission {
  return declared === 'workspace.write' && input['is_permanent'] === true ? 'workspace.purge' : declared
}

/** Whether an endpoint only reads. */
function onlyReads(permission: Permission): boolean {
  return permission === 'public' || permission.endsWith('.read')
}

/** What a token must be good for, whoever has it. */
export function accessFor(permission: Permission): AccessLevel {
  // What is the caller's own is guarded by its handlers.
  if (onlyReads(permission) || permission === 'self') return 'read'
  return permission.endsWith('.admin') || permission === 'workspace.create' ? 'admin' : 'write'
}

const accessLevels: readonly AccessLevel[] = ['read', 'write', 'admin']

/**
 * Whether a token that is limited allows this in a workspace.
 *
 * @param workspace of the request; undefined at a platform's own paths, for which a token of some workspaces is not good
 */
export function withinLimits(limits: TokenLimits, permission: Permission, workspace: Tenant | undefined): boolean {
  if (limits.workspaces !== undefined && (workspace === undefined || !limits.workspaces.includes(workspace))) {
    return false
  }
  return accessLevels.indexOf(limits.access) >= accessLevels.indexOf(accessFor(permission))
}
