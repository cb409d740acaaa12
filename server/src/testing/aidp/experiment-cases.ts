import type { Fields } from './aidp-world.ts'
import {
  absent,
  conflict,
  emptyList,
  etagBy,
  newExperiment,
  newRun,
  type OperationCase,
  seenBy,
  taken,
} from './operation-case.ts'

const noExperiment = { experiment_id: '999999999999' }
const state = seenBy('getExperimentById', 'experiment_id')
const etag = etagBy('getExperimentById', 'experiment_id')

/** A change of an experiment that is there. */
function change(fields: (number: number) => Fields, more: Partial<OperationCase> = {}): OperationCase {
  return {
    prepare: async (world) => ({ experiment_id: await newExperiment(world), ...fields(world.next()) }),
    state,
    etag,
    absent: noExperiment,
    ...more,
  }
}

const ofDeleted = conflict(async (world, { experiment_id }) => world.make('deleteExperiment', { experiment_id }))

export const experimentCases: Readonly<Record<string, OperationCase>> = {
  createExperiment: {
    prepare: async (world) => ({
      name: `created ${world.next()}`,
      artifact_location: 's3://bucket/here',
      tags: [{ key: 'k', value: 'v' }],
    }),
    remove: (world, { experiment_id }) => world.make('deleteExperiment', { experiment_id, is_permanent: true }),
    state: async (world, { name }) => (await world.call('getExperimentByName', { experiment_name: name })).body,
    refusals: {
      'a taken name': taken((world, { name }) => world.make('createExperiment', { name }).then(() => undefined)),
      'the name of a deleted experiment': taken(async (world, { name }) => {
        const { experiment_id } = await world.make('createExperiment', { name })
        await world.make('deleteExperiment', { experiment_id })
        return undefined
      }),
    },
  },
  getExperimentById: {
    prepare: async (world) => ({ experiment_id: await newExperiment(world, { tags: [{ key: 'k', value: 'v' }] }) }),
    etag,
    absent: noExperiment,
    shows: ({ experiment_id }) => ({ experiment: { experiment_id, lifecycle_stage: 'active' } }),
  },
  getExperimentByName: {
    prepare: async (world) => {
      const experiment_name = `named ${world.next()}`
      await newExperiment(world, { name: experiment_name })
      return { experiment_name }
    },
    etag: etagBy('getExperimentByName', 'experiment_name'),
    absent: { experiment_name: 'no such experiment' },
    shows: ({ experiment_name }) => ({ experiment: { name: experiment_name } }),
  },
  listExperiments: {
    prepare: async (world) => {
      const name = `listed ${world.next()}`
      await newExperiment(world, { name, tags: [{ key: 'k', value: 'v' }] })
      return { filter: `name = '${name}'`, view_type: 'ALL', order_by: ['name DESC'], max_results: 10 }
    },
    hides: emptyList('experiments'),
    pages: async (world) => {
      const prefix = `paged-${world.next()}-`
      for (let index = 0; index < 5; index++) await newExperiment(world, { name: `${prefix}${index}` })
      const request = { filter: `name LIKE '${prefix}%'`, order_by: ['name ASC'] }
      return {
        request,
        size: { max_results: 2 },
        list: 'experiments',
        count: 5,
        otherQuery: { ...request, order_by: ['name DESC'] },
      }
    },
  },
  updateExperiment: change((number) => ({ new_name: `renamed ${number}` }), {
    refusals: {
      'a taken name': conflict(async (world, { new_name }) => {
        await newExperiment(world, { name: new_name })
        return undefined
      }),
      'a deleted experiment': ofDeleted,
    },
  }),
  deleteExperiment: change(() => ({ is_permanent: false }), {
    again: 'succeeds',
    refusals: {
      'for good, with a run': conflict(async (world, { experiment_id }) => {
        await newRun(world, { experiment_id })
        return { is_permanent: true }
      }),
      'for good, with a deleted run': conflict(async (world, { experiment_id }) => {
        const run_id = await newRun(world, { experiment_id })
        await world.make('deleteExperimentRun', { run_id })
        return { is_permanent: true }
      }),
      'for good, Default': conflict(async (world) => {
        const { experiment } = await world.make('getExperimentByName', { experiment_name: 'Default' })
        return { experiment_id: experiment.experiment_id, is_permanent: true }
      }),
      'for good, by a USER': absent(async () => ({ is_permanent: true }), 'member'),
    },
  }),
  restoreExperiment: change(() => ({}), {
    again: 'succeeds',
    prepare: async (world) => {
      const experiment_id = await newExperiment(world)
      await world.make('deleteExperiment', { experiment_id })
      return { experiment_id }
    },
  }),
  setExperimentTag: change((number) => ({ key: 'k', value: `v${number}` }), {
    refusals: { 'a deleted experiment': ofDeleted },
  }),
  deleteExperimentTag: change(() => ({ key: 'k' }), {
    again: 'succeeds',
    prepare: async (world) => ({
      experiment_id: await newExperiment(world, { tags: [{ key: 'k', value: 'v' }] }),
      key: 'k',
    }),
    refusals: { 'a deleted experiment': ofDeleted },
  }),
  updateExperimentTags: change(
    (number) => ({
      set_tags: [{ key: `k${number}`, value: 'v' }],
      delete_tags: [{ key: 'none' }],
    }),
    {
      refusals: { 'a deleted experiment': ofDeleted },
    },
  ),
}
