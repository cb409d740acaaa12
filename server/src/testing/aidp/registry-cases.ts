import type { AidpWorld, Fields } from './aidp-world.ts'
import {
  absent,
  conflict,
  emptyList,
  etagBy,
  invalid,
  newModel,
  newRun,
  newVersion,
  type OperationCase,
  related,
  seenBy,
  taken,
} from './operation-case.ts'

const noModel = { name: 'default.default.none' }
const modelState = seenBy('getRegisteredModel', 'name')
const modelEtag = etagBy('getRegisteredModel', 'name')
const versionState = seenBy('getModelVersion', 'name', 'version')
const versionEtag = etagBy('getModelVersion', 'name', 'version')

function modelChange(fields: (number: number) => Fields, more: Partial<OperationCase> = {}): OperationCase {
  return {
    prepare: async (world) => ({
      name: await newModel(world, { tags: [{ key: 'k', value: 'v' }] }),
      ...fields(world.next()),
    }),
    state: modelState,
    etag: modelEtag,
    absent: noModel,
    ...more,
  }
}

function versionChange(fields: (number: number) => Fields, more: Partial<OperationCase> = {}): OperationCase {
  return {
    prepare: async (world) => ({
      ...(await newVersion(world, { tags: [{ key: 'k', value: 'v' }] })),
      ...fields(world.next()),
    }),
    state: versionState,
    etag: versionEtag,
    absent: { version: '7' },
    refusals: { 'a model that is not there': absent(async () => noModel) },
    ...more,
  }
}

const bulk = (number: number) => ({ set_tags: [{ key: `k${number}`, value: 'v' }], delete_tags: [{ key: 'k' }] })
const inBothLists = invalid(async () => ({ set_tags: [{ key: 'k', value: 'v' }], delete_tags: [{ key: 'k' }] }))

const ofRun = (run_id: string) => ({ source: `runs:/${run_id}/model`, run_id })

const createVersion: OperationCase = {
  prepare: async (world) => {
    const run_id = await newRun(world)
    return {
      name: await newModel(world),
      ...ofRun(run_id),
      description: 'd',
      run_link: 'https://example.com/run',
      tags: [{ key: 'k', value: 'v' }],
    }
  },
  state: async (world, { name }) =>
    (await world.make('listModelVersions', { filter: `name = '${name}'` })).model_versions,
  absent: noModel,
  remove: (world, { model_version: { name, version } }) => world.make('deleteModelVersion', { name, version }),
  elsewhere: { source: 's3://bucket/model', run_id: undefined },
  shows: ({ name, source, run_id }) => ({
    model_version: { name, version: '1', source, run_id, status: 'READY', tags: [{ key: 'k', value: 'v' }] },
  }),
  refusals: {
    'a run that is not there': related(async () => ofRun('0'.repeat(32))),
    'a run of another platform': related(async (world) =>
      ofRun(await newRun(world, {}, { place: world.otherPlatform })),
    ),
    'a logged model that is not there': related(async () => {
      return { source: 's3://bucket/model', model_id: `m-${'0'.repeat(32)}` }
    }),
  },
}

export const registryCases: Readonly<Record<string, OperationCase>> = {
  createWorkspaceModelVersion: {
    ...createVersion,
    ofPlatform: true,
    refusals: {
      ...createVersion.refusals,
      'a run of another workspace': related(async (world) =>
        ofRun(await newRun(world, {}, { place: world.otherWorkspace })),
      ),
    },
  },
  createModelVersion: createVersion,
  createRegisteredModel: {
    prepare: async (world) => ({
      name: `default.default.c${world.next()}`,
      description: 'd',
      tags: [{ key: 'k', value: 'v' }],
    }),
    state: modelState,
    remove: (world, { registered_model: { name } }) => world.make('deleteRegisteredModel', { name }),
    shows: ({ name }) => ({ registered_model: { name, description: 'd', tags: [{ key: 'k', value: 'v' }] } }),
    refusals: {
      'a taken name': taken(async (world, { name }) => {
        await newModel(world, { name })
        return undefined
      }),
      'a name with a slash': invalid(async () => ({ name: 'a/b' })),
    },
  },
  getRegisteredModel: {
    prepare: async (world) => {
      const { name } = await newVersion(world, { description: 'd' })
      return { name }
    },
    etag: modelEtag,
    absent: noModel,
    shows: ({ name }) => ({ registered_model: { name, latest_versions: [{ version: '1', current_stage: 'None' }] } }),
  },
  listRegisteredModels: {
    prepare: async (world) => ({
      filter: `name = '${(await newVersion(world)).name}'`,
      order_by: 'name DESC',
      max_results: 10,
      is_deployment_summary_enabled: true,
    }),
    hides: emptyList('registered_models'),
    pages: async (world) => {
      const prefix = `paged${world.next()}`
      for (let index = 0; index < 5; index++) await newModel(world, { name: `default.default.${prefix}x${index}` })
      const request = { filter: `name LIKE '${prefix}x'`, order_by: 'name ASC' }
      return {
        request,
        size: { max_results: 2 },
        list: 'registered_models',
        count: 5,
        otherQuery: { ...request, order_by: 'name DESC' },
      }
    },
  },
  updateRegisteredModel: modelChange((number) => ({ description: `d${number}` }), {
    shows: ({ name, description }) => ({ registered_model: { name, description } }),
  }),
  renameRegisteredModel: modelChange((number) => ({ new_name: `default.default.r${number}` }), {
    again: 'is gone',
    shows: ({ new_name }) => ({ registered_model: { name: new_name } }),
    refusals: {
      'a taken name': conflict(async (world, { new_name }) => {
        await newModel(world, { name: new_name })
        return undefined
      }),
      'no new name': { status: 400, code: 'MissingParameter', spoil: async () => ({ new_name: null }) },
    },
  }),
  deleteRegisteredModel: modelChange(() => ({}), { again: 'is gone' }),
  setRegisteredModelTag: modelChange((number) => ({ key: 'k', value: `v${number}` })),
  deleteRegisteredModelTag: modelChange(() => ({ key: 'k' }), { again: 'succeeds' }),
  updateRegisteredModelTags: modelChange(bulk, { refusals: { 'a key in both lists': inBothLists } }),
  getModelVersion: versionChange(() => ({}), {
    prepare: (world) => newVersion(world, { description: 'd', tags: [{ key: 'k', value: 'v' }] }),
    state: undefined as never,
    shows: ({ name }) => ({ model_version: { name, version: '1', description: 'd' } }),
  }),
  listModelVersions: {
    prepare: async (world) => ({
      filter: `name = '${(await newVersion(world, { tags: [{ key: 'k', value: 'v' }] })).name}'`,
      order_by: 'version_number DESC',
      max_results: 10,
    }),
    hides: emptyList('model_versions'),
    pages: async (world) => {
      const name = await newModel(world)
      for (let index = 0; index < 5; index++) await newVersion(world, { name })
      const request = { filter: `name = '${name}'`, order_by: 'version_number ASC' }
      return {
        request,
        size: { max_results: 2 },
        list: 'model_versions',
        count: 5,
        otherQuery: { ...request, order_by: 'version_number DESC' },
      }
    },
  },
  updateModelVersion: versionChange((number) => ({ description: `d${number}` }), {
    shows: ({ name, description }) => ({ model_version: { name, version: '1', description } }),
  }),
  transitionModelVersionStage: versionChange(() => ({ stage: 'staging', archive_existing_versions: true }), {
    shows: () => ({ model_version: { current_stage: 'Staging' } }),
    refusals: {
      'a model that is not there': absent(async () => noModel),
      'archiving for another stage': invalid(async () => ({ stage: 'Archived' })),
    },
  }),
  deleteModelVersion: versionChange(() => ({}), { again: 'is gone' }),
  setModelVersionTag: versionChange((number) => ({ key: 'k', value: `v${number}` })),
  deleteModelVersionTag: versionChange(() => ({ key: 'k' }), { again: 'succeeds' }),
  updateModelVersionTags: versionChange(bulk, { refusals: { 'a key in both lists': inBothLists } }),
  getRegisteredModelSummary: {
    prepare: async (world) => {
      const catalog = `catalog${world.next()}`
      await newVersion(world, { name: await newModel(world, { name: `${catalog}.schema.model` }) })
      return { catalog, schema: 'schema' }
    },
    shows: () => ({ registered_models_count: 1, model_versions_count: 1 }),
    hides: (body) => Object.values(body as object).every((count) => count === 0),
  },
  listRegisteredModelPermissions: {
    prepare: async (world) => ({ registeredModelKey: await newModel(world), limit: 10, sortBy: 'displayName' }),
    absent: { registeredModelKey: 'default.default.none' },
    shows: () => ({ items: [{ granteeName: 'root', granteeType: 'USER', granteePermissions: ['ADMIN'] }] }),
    pages: async (world) => {
      const registeredModelKey = await newModel(world)
      await grantAll(world, registeredModelKey)
      const request = { registeredModelKey, sortBy: 'displayName' }
      return {
        request,
        size: { limit: 1 },
        list: 'items',
        count: 3,
        otherQuery: { ...request, sortOrder: 'DESC' },
      }
    },
  },
  manageRegisteredModelPermission: {
    prepare: async (world) => ({
      registeredModelKey: await newModel(world),
      assignRegisteredModelPermissionDetails: half(['READ'], world.guest.id),
    }),
    state: async (world, { registeredModelKey }) =>
      (await world.call('listRegisteredModelPermissions', { registeredModelKey })).body.items,
    absent: { registeredModelKey: 'default.default.none' },
    other: async (world, { registeredModelKey }) => ({
      registeredModelKey,
      assignRegisteredModelPermissionDetails: half(['MANAGE'], world.member.name),
    }),
    refusals: {
      'somebody who is not there': related(async () => ({
        assignRegisteredModelPermissionDetails: half(['READ'], 'no such user'),
      })),
      'the last ADMIN': conflict(async (world) => ({
        assignRegisteredModelPermissionDetails: null,
        revokeRegisteredModelPermissionDetails: half(['ADMIN'], world.root.id),
      })),
      'neither half': {
        status: 400,
        code: 'MissingParameter',
        spoil: async () => ({ assignRegisteredModelPermissionDetails: null }),
      },
    },
  },
}

const half = (permissions: readonly string[], target: string) => ({
  assignees: { type: 'USER', targets: [target] },
  permissions,
})

function grantAll(world: AidpWorld, registeredModelKey: string): Promise<unknown> {
  const targets = [world.guest.id, world.second.id]
  return world.make('manageRegisteredModelPermission', {
    registeredModelKey,
    assignRegisteredModelPermissionDetails: { assignees: { type: 'USER', targets }, permissions: ['READ'] },
  })
}
