import { defineEndpoint, del, get, type Method, post, put, root } from '../../contract/endpoint.ts'
import { any, bool, empty, int32, list, message, required, string } from '../../contract/wire.ts'

const NetworkConfigurationDetails = message('NetworkConfigurationDetails', {
  subnetId: string(),
  nsgIds: list(string()),
  scanDetails: list(message('ScanDetails', { fqdn: string(), port: int32('1 to 65,535.') })),
})

const summaryFields = {
  key: string('What paths name the workspace by: `default`, or a UUID.'),
  displayName: string('Unique on the platform.'),
  description: string(),
  type: string('DEFAULT or USER.'),
  timeCreated: string('RFC 3339, UTC.'),
  timeUpdated: string('RFC 3339, UTC.'),
  lifecycleState: string('ACTIVE or DELETED: creating, changing and deleting end at once.'),
  lifecycleDetails: string(),
  systemTags: any('Names to texts.'),
  createdBy: string('Id of a user.'),
  createdByName: string(),
  updatedBy: string('Id of a user.'),
  updatedByName: string(),
  defaultCatalogKey: string(),
  isPrivateNetworkEnabled: bool(),
  aicUserSchemaName: string(),
}

const WorkspaceSummary = message('WorkspaceSummary', summaryFields)

export const Workspace = message('Workspace', {
  ...summaryFields,
  networkConfigurationDetails: NetworkConfigurationDetails,
  logGroupId: string(),
})

const details = {
  description: string('At most 4,000 characters.'),
  defaultCatalogKey: string('Absent: `default`.'),
  networkConfigurationDetails: NetworkConfigurationDetails,
}

const workspaceKey = required(string('`default`, or a UUID.'))
const onePath = '/workspaces/:workspaceKey'

function operation(name: string, method: Method, path: string, profile: 'L' | 'G' | 'W') {
  return { operation: name, method, path, profile }
}

export const listWorkspaces = defineEndpoint({
  id: 'listWorkspaces',
  summary: 'List the workspaces of a platform.',
  routes: [root(get('/workspaces'))],
  scope: 'control',
  aidp: operation('listWorkspaces', 'GET', '/workspaces', 'L'),
  permission: 'platform.read',
  request: message('ListWorkspaces', {
    lifecycleState: string('Absent: all but DELETED.'),
    displayName: string(),
    displayNameContains: string('Without regard to case.'),
    type: string('DEFAULT or USER.'),
    limit: int32('1 to 1,000; absent: 100.'),
    page: string('Token of the page, from `opc-next-page`.'),
    sortOrder: string('ASC or DESC; absent: DESC for timeCreated, ASC for displayName.'),
    sortBy: string('timeCreated or displayName; absent: timeCreated.'),
    isPrivateNetworkEnabled: bool(),
  }),
  reply: message('WorkspaceCollection', { items: list(WorkspaceSummary) }),
})

export const createWorkspace = defineEndpoint({
  id: 'createWorkspace',
  summary: 'Create a workspace with its experiment Default.',
  routes: [root(post('/workspaces'))],
  scope: 'control',
  aidp: operation('createWorkspace', 'POST', '/workspaces', 'W'),
  status: 201,
  permission: 'workspace.create',
  request: message('CreateWorkspace', {
    displayName: required(string('At most 255 characters, unique on the platform.')),
    ...details,
  }),
  reply: Workspace,
})

export const getWorkspace = defineEndpoint({
  id: 'getWorkspace',
  summary: 'Read a workspace.',
  routes: [root(get(onePath))],
  scope: 'control',
  aidp: operation('getWorkspace', 'GET', onePath, 'G'),
  permission: 'workspace.read',
  request: message('GetWorkspace', { workspaceKey }),
  reply: Workspace,
})

export const updateWorkspace = defineEndpoint({
  id: 'updateWorkspace',
  summary: 'Change name, description, catalog or network of a workspace.',
  routes: [root(put(onePath))],
  scope: 'control',
  aidp: operation('updateWorkspace', 'PUT', onePath, 'W'),
  permission: 'workspace.admin',
  request: message('UpdateWorkspace', {
    workspaceKey,
    displayName: string('At most 255 characters, unique on the platform.'),
    ...details,
  }),
  reply: Workspace,
})

export const deleteWorkspace = defineEndpoint({
  id: 'deleteWorkspace',
  summary: 'Delete a workspace that has no active experiments and runs; the default one stays.',
  routes: [root(del(onePath))],
  scope: 'control',
  aidp: operation('deleteWorkspace', 'DELETE', onePath, 'W'),
  status: 202,
  permission: 'workspace.admin',
  request: message('DeleteWorkspace', { workspaceKey }),
  reply: empty,
})
