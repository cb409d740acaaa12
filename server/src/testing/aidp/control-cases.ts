import type { AidpWorld, Fields } from './aidp-world.ts'
import { conflict, emptyList, etagBy, invalid, type OperationCase, seenBy, taken } from './operation-case.ts'

const noWorkspace = { workspaceKey: '00000000-0000-4000-8000-000000000000' }
const state = seenBy('getWorkspace', 'workspaceKey')
const etag = etagBy('getWorkspace', 'workspaceKey')

const network = { subnetId: 'ocid1.subnet.a', nsgIds: ['ocid1.nsg.b'], scanDetails: [{ fqdn: 'a.example', port: 443 }] }

async function newWorkspace(world: AidpWorld, fields: Fields = {}): Promise<string> {
  return (await world.make('createWorkspace', { displayName: `workspace ${world.next()}`, ...fields })).key
}

const half = (permissions: readonly string[], ...targets: readonly string[]) => ({
  assignees: { type: 'USER', targets },
  permissions,
})

export const controlCases: Readonly<Record<string, OperationCase>> = {
  listWorkspaces: {
    prepare: async (world) => {
      const displayName = `listed ${world.next()}`
      await newWorkspace(world, { displayName, description: 'd' })
      return { displayName, limit: 10, sortBy: 'displayName', sortOrder: 'ASC', lifecycleState: 'ACTIVE', type: 'USER' }
    },
    hides: emptyList('items'),
    pages: async (world) => {
      const part = `paged ${world.next()}`
      for (let index = 0; index < 5; index++) await newWorkspace(world, { displayName: `${part} ${index}` })
      const request = { displayNameContains: part, sortBy: 'displayName' }
      return { request, size: { limit: 2 }, list: 'items', count: 5, otherQuery: { ...request, sortOrder: 'DESC' } }
    },
  },
  createWorkspace: {
    prepare: async (world) => ({
      displayName: `created ${world.next()}`,
      description: 'd',
      defaultCatalogKey: 'default',
      networkConfigurationDetails: network,
    }),
    state: async (world, { displayName }) => (await world.make('listWorkspaces', { displayName })).items,
    remove: (world, { key }) => world.make('deleteWorkspace', { workspaceKey: key }),
    shows: ({ displayName }) => ({ displayName, lifecycleState: 'ACTIVE', networkConfigurationDetails: network }),
    refusals: {
      'a taken name': taken(async (world, { displayName }) => {
        await newWorkspace(world, { displayName })
        return undefined
      }),
    },
  },
  getWorkspace: {
    prepare: async (world) => ({
      workspaceKey: await newWorkspace(world, { description: 'd', networkConfigurationDetails: network }),
    }),
    etag,
    absent: noWorkspace,
    shows: ({ workspaceKey }) => ({ key: workspaceKey, description: 'd', type: 'USER' }),
  },
  updateWorkspace: {
    prepare: async (world) => ({
      workspaceKey: await newWorkspace(world),
      displayName: `renamed ${world.next()}`,
      description: 'new',
    }),
    state,
    etag,
    absent: noWorkspace,
    shows: ({ workspaceKey, displayName }) => ({ key: workspaceKey, displayName, description: 'new' }),
    refusals: {
      'a taken name': conflict(async (world, { displayName }) => {
        await newWorkspace(world, { displayName })
        return undefined
      }),
    },
  },
  deleteWorkspace: {
    again: 'is gone',
    prepare: async (world) => ({ workspaceKey: await newWorkspace(world) }),
    state,
    etag,
    absent: noWorkspace,
    refusals: {
      'the default workspace': conflict(async () => ({ workspaceKey: 'default' })),
      'one with an experiment': conflict(async (world, { workspaceKey }) => {
        const place = { ...world.home, workspace: String(workspaceKey) }
        await world.make('createExperiment', { name: 'in use' }, { place })
        return undefined
      }),
    },
  },
  listWorkspacePermissions: {
    prepare: async (world) => ({ workspaceKey: await newWorkspace(world), limit: 10, sortBy: 'granteeName' }),
    absent: noWorkspace,
    shows: () => ({ items: [{ granteeName: 'root', granteePermissions: ['ADMINISTRATOR'] }] }),
    pages: async (world) => {
      const workspaceKey = await newWorkspace(world)
      const targets = [world.guest.id, world.second.id]
      await world.make('manageWorkspacePermission', {
        workspaceKey,
        assignWorkspacePermissionDetails: half(['USER'], ...targets),
      })
      const request = { workspaceKey }
      return { request, size: { limit: 1 }, list: 'items', count: 3, otherQuery: { workspaceKey, sortOrder: 'DESC' } }
    },
  },
  manageWorkspacePermission: {
    prepare: async (world) => ({
      workspaceKey: await newWorkspace(world),
      assignWorkspacePermissionDetails: half(['USER'], world.guest.id),
    }),
    state: async (world, { workspaceKey }) =>
      (await world.call('listWorkspacePermissions', { workspaceKey })).body.items,
    etag,
    absent: noWorkspace,
    other: async (world, { workspaceKey }) => ({
      workspaceKey,
      assignWorkspacePermissionDetails: half(['PRIVILEGED_USER'], world.member.id),
    }),
    refusals: {
      'somebody who is not there': invalid(async () => ({
        assignWorkspacePermissionDetails: half(['USER'], 'no such user'),
      })),
      'the last ADMINISTRATOR': conflict(async (world) => ({
        assignWorkspacePermissionDetails: null,
        revokeWorkspacePermissionDetails: half(['ADMINISTRATOR'], world.root.id),
      })),
    },
  },
  listCreateWorkspacePermissions: {
    prepare: async (world) => {
      await world.make('manageCreateWorkspacePermission', {
        assignCreateWorkspacePermissionDetails: half(['CREATE_WORKSPACE'], world.second.id),
      })
      return { limit: 10, sortBy: 'granteeName' }
    },
    hides: emptyList('items'),
    pages: async (world) => {
      const targets = [world.root.id, world.second.id, await newUser(world)]
      await world.make('manageCreateWorkspacePermission', {
        assignCreateWorkspacePermissionDetails: half(['CREATE_WORKSPACE'], ...targets),
      })
      const { items } = await world.make('listCreateWorkspacePermissions')
      return { request: {}, size: { limit: 1 }, list: 'items', count: items.length, otherQuery: { sortOrder: 'DESC' } }
    },
  },
  manageCreateWorkspacePermission: {
    prepare: async (world) => ({
      assignCreateWorkspacePermissionDetails: half(['CREATE_WORKSPACE'], await newUser(world)),
    }),
    state: async (world) => (await world.make('listCreateWorkspacePermissions', { limit: 1000 })).items,
    refusals: {
      'somebody who is not there': invalid(async () => ({
        assignCreateWorkspacePermissionDetails: half(['CREATE_WORKSPACE'], 'no such user'),
      })),
    },
  },
  getAsyncOperation: {
    prepare: async (world) => {
      const { headers } = await world.call('createWorkspace', { displayName: `asynchronous ${world.next()}` })
      return { asyncOperationKey: headers['aidp-async-operation-key'] }
    },
    absent: { asyncOperationKey: 'none' },
    shows: ({ asyncOperationKey }) => ({
      key: asyncOperationKey,
      resourceType: 'WORKSPACE',
      actionType: 'CREATE_WORKSPACE',
      status: 'SUCCEEDED',
      createdByName: 'root',
    }),
  },
}

async function newUser(world: AidpWorld): Promise<string> {
  const { status, body } = await world.root.mlflow.post('/2.0/runstead/users', { name: `user${world.next()}` })
  if (status !== 200) throw new Error(`making a user failed: ${JSON.stringify(body)}`)
  return body.user.id
}
