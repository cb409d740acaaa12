import { expect, test } from 'vitest'
import type { Permission } from '../../contract/endpoint.ts'
import { tenantOf } from '../../lib/tenant.ts'
import {
  accessFor,
  checkAssignees,
  leastInWorkspace,
  leastOnModel,
  modelPermissions,
  neededPermission,
  permissionNames,
  permissionSet,
  strongest,
  withinLimits,
  workspacePermissions,
} from './permission-rules.ts'

test('a set of permissions and its names', () => {
  expect(permissionSet(['ADMIN', 'READ'], modelPermissions, 'permissions')).toBe(5)
  expect(permissionNames(5, modelPermissions)).toEqual(['READ', 'ADMIN'])
  expect(strongest(workspacePermissions)).toBe(permissionSet(['ADMINISTRATOR'], workspacePermissions, 'permissions'))
})

test.each([
  [['OWNER'], "'permissions' takes READ, MANAGE, ADMIN, not 'OWNER'."],
  [['read'], "'permissions' takes READ, MANAGE, ADMIN, not 'read'."],
  [[], "Missing value for required parameter 'permissions'."],
])('refuses the permissions %j', (names, message) => {
  expect(() => permissionSet(names, modelPermissions, 'permissions')).toThrow(message)
})

test.each([
  ['PERSON', ['a'], "'half.type' takes USER, GROUP, ROLE, not 'PERSON'."],
  ['USER', [], "Missing value for required parameter 'half.targets'."],
  ['USER', Array.from({ length: 101 }, String), "'half.targets' takes at most 100 entries; there are 101."],
])('refuses assignees of type %s', (type, targets, message) => {
  expect(() => checkAssignees(type, targets, 'half')).toThrow(message)
})

test('each permission includes the weaker ones, and nothing else', () => {
  const allowed = (set: number) =>
    (['workspace.read', 'workspace.write', 'workspace.purge', 'workspace.admin'] as const).filter(
      (permission) => set >= leastInWorkspace(permission)!,
    )
  expect(allowed(1)).toEqual(['workspace.read', 'workspace.write'])
  expect(allowed(2)).toEqual(['workspace.read', 'workspace.write', 'workspace.purge'])
  expect(allowed(4)).toHaveLength(4)
  expect(allowed(0)).toEqual([])
  expect(leastOnModel('model.manage')).toBe(2)
  expect(leastOnModel('workspace.read')).toBeUndefined()
  expect(leastInWorkspace('model.read')).toBeUndefined()
})

test('a permanent delete needs more than one that can be undone', () => {
  expect(neededPermission('workspace.write', { is_permanent: true })).toBe('workspace.purge')
  expect(neededPermission('workspace.write', { is_permanent: false })).toBe('workspace.write')
  expect(neededPermission('workspace.write', {})).toBe('workspace.write')
})

test.each<[Permission, string]>([
  ['workspace.read', 'read'],
  ['registry.read', 'read'],
  ['platform.read', 'read'],
  ['workspace.write', 'write'],
  ['workspace.purge', 'write'],
  ['registry.create', 'write'],
  ['model.manage', 'write'],
  ['model.admin', 'admin'],
  ['workspace.admin', 'admin'],
  ['workspace.create', 'admin'],
  ['platform.admin', 'admin'],
])('%s needs a token with access %s', (permission, access) => {
  expect(accessFor(permission)).toBe(access)
})

test('a token of some workspaces is good for these alone, and not for the platform', () => {
  const limits = { tokenId: 't', access: 'write', workspaces: [tenantOf(2)] } as const
  expect(withinLimits(limits, 'workspace.write', tenantOf(2))).toBe(true)
  expect(withinLimits(limits, 'workspace.admin', tenantOf(2))).toBe(false)
  expect(withinLimits(limits, 'workspace.read', tenantOf(1))).toBe(false)
  expect(withinLimits(limits, 'registry.read', undefined)).toBe(false)
  expect(withinLimits({ tokenId: 't', access: 'read' }, 'registry.read', undefined)).toBe(true)
})
