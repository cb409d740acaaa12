import { defineEndpoint, get, post, root } from '../../contract/endpoint.ts'
import { empty, int32, list, message, required, string } from '../../contract/wire.ts'

const PermissionAssignees = message('PermissionAssignees', {
  type: required(string('USER, GROUP or ROLE; the one role is ALL_USERS.')),
  targets: required(list(string(), 'Names or ids, 1 to 100.')),
})

function assignment(name: string) {
  return message(name, { assignees: PermissionAssignees, permissions: list(string()) })
}

function collection(noun: string) {
  const summary = message(`${noun}Summary`, {
    grantee: string('Id.'),
    granteeName: string(),
    granteeType: string('USER, GROUP or ROLE.'),
    granteePermissions: list(string()),
  })
  return message(`${noun}Collection`, { items: list(summary) })
}

const paging = {
  limit: int32('1 to 1,000; absent means 100.'),
  page: string('Token of the page, from `opc-next-page`.'),
}

export const listRegisteredModelPermissions = defineEndpoint({
  id: 'listRegisteredModelPermissions',
  summary: 'List who was given what on a registered model.',
  routes: [get('/2.0/mlflow/registered-models/:registeredModelKey/permissions')],
  scope: 'platform',
  aidp: {
    operation: 'listRegisteredModelPermissions',
    method: 'GET',
    path: '/2.0/mlflow/registered-models/:registeredModelKey/permissions',
    profile: 'L',
  },
  permission: 'model.read',
  request: message('ListRegisteredModelPermissions', {
    registeredModelKey: required(string('The model by name, such as `catalog.schema.model`.')),
    ...paging,
    sortBy: string('timeCreated (then the newest first) or displayName; absent means timeCreated.'),
    sortOrder: string('ASC or DESC.'),
  }),
  reply: collection('RegisteredModelPermission'),
  format: 'compact',
})

export const manageRegisteredModelPermission = defineEndpoint({
  id: 'manageRegisteredModelPermission',
  summary: 'Revoke, then assign permissions on a registered model.',
  routes: [post('/2.0/mlflow/registered-models/:registeredModelKey/actions/managePermission')],
  scope: 'platform',
  aidp: {
    operation: 'manageRegisteredModelPermission',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/:registeredModelKey/actions/managePermission',
    profile: 'X',
  },
  status: 204,
  permission: 'model.admin',
  request: message('ManageRegisteredModelPermission', {
    registeredModelKey: required(string('The model by name, such as `catalog.schema.model`.')),
    assignRegisteredModelPermissionDetails: assignment('RegisteredModelPermissionAssignment'),
    revokeRegisteredModelPermissionDetails: assignment('RegisteredModelPermissionAssignment'),
  }),
  reply: empty,
})

const granteeOrder = {
  sortOrder: string('ASC or DESC; absent means ASC.'),
  sortBy: string('granteeName.'),
}

export const listWorkspacePermissions = defineEndpoint({
  id: 'listWorkspacePermissions',
  summary: 'List who was given what in a workspace.',
  routes: [root(get('/workspaces/:workspaceKey/permissions'))],
  scope: 'control',
  aidp: {
    operation: 'listWorkspacePermissions',
    method: 'GET',
    path: '/workspaces/:workspaceKey/permissions',
    profile: 'L',
  },
  permission: 'workspace.read',
  request: message('ListWorkspacePermissions', { workspaceKey: required(string()), ...paging, ...granteeOrder }),
  reply: collection('WorkspacePermission'),
  format: 'compact',
})

export const manageWorkspacePermission = defineEndpoint({
  id: 'manageWorkspacePermission',
  summary: 'Revoke, then assign permissions in a workspace.',
  routes: [root(post('/workspaces/:workspaceKey/actions/managePermission'))],
  scope: 'control',
  aidp: {
    operation: 'manageWorkspacePermission',
    method: 'POST',
    path: '/workspaces/:workspaceKey/actions/managePermission',
    profile: 'W',
  },
  status: 204,
  permission: 'workspace.admin',
  request: message('ManageWorkspacePermission', {
    workspaceKey: required(string()),
    assignWorkspacePermissionDetails: assignment('WorkspacePermissionAssignment'),
    revokeWorkspacePermissionDetails: assignment('WorkspacePermissionAssignment'),
  }),
  reply: empty,
})

export const listCreateWorkspacePermissions = defineEndpoint({
  id: 'listCreateWorkspacePermissions',
  summary: 'List who may create workspaces.',
  routes: [root(get('/createWorkspacePermissions'))],
  scope: 'control',
  aidp: {
    operation: 'listCreateWorkspacePermissions',
    method: 'GET',
    path: '/createWorkspacePermissions',
    profile: 'L',
  },
  permission: 'platform.admin',
  request: message('ListCreateWorkspacePermissions', { ...paging, ...granteeOrder }),
  reply: collection('CreateWorkspacePermission'),
  format: 'compact',
})

export const manageCreateWorkspacePermission = defineEndpoint({
  id: 'manageCreateWorkspacePermission',
  summary: 'Revoke, then assign the right to create workspaces.',
  routes: [root(post('/actions/manageCreateWorkspacePermission'))],
  scope: 'control',
  aidp: {
    operation: 'manageCreateWorkspacePermission',
    method: 'POST',
    path: '/actions/manageCreateWorkspacePermission',
    profile: 'W',
  },
  status: 204,
  permission: 'platform.admin',
  request: message('ManageCreateWorkspacePermission', {
    assignCreateWorkspacePermissionDetails: assignment('CreateWorkspacePermissionAssignment'),
    revokeCreateWorkspacePermissionDetails: assignment('CreateWorkspacePermissionAssignment'),
  }),
  reply: empty,
})
