import type { Handler } from '../../context/context.ts'
import {
  listCreateWorkspacePermissions,
  listRegisteredModelPermissions,
  listWorkspacePermissions,
} from './list-permissions.ts'
import {
  manageCreateWorkspacePermission,
  manageRegisteredModelPermission,
  manageWorkspacePermission,
} from './manage-permission.ts'

export const permissionHandlers: readonly Handler[] = [
  listRegisteredModelPermissions,
  manageRegisteredModelPermission,
  listWorkspacePermissions,
  manageWorkspacePermission,
  listCreateWorkspacePermissions,
  manageCreateWorkspacePermission,
]
