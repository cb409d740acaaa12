import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { artifactKey, pathBelowUri } from '../../features/artifacts/artifact-location.ts'
import { tenantOf } from '../../lib/tenant.ts'
import type { AidpWorld, Fields } from './aidp-world.ts'
import {
  absent,
  conflict,
  emptyList,
  etagBy,
  invalid,
  newExperiment,
  newRun,
  type OperationCase,
  seenBy,
} from './operation-case.ts'

const noRun = { run_id: '0'.repeat(32) }
const state = seenBy('getExperimentRunById', 'run_id')
const etag = etagBy('getExperimentRunById', 'run_id')
const ofDeleted = conflict(async (world, { run_id }) => world.make('deleteExperimentRun', { run_id }))

/** A change of a run that is there and may be changed as long as it is not deleted. */
function change(fields: (number: number, run: string) => Fields, more: Partial<OperationCase> = {}): OperationCase {
  return {
    prepare: async (world) => {
      const run_id = await newRun(world)
      return { run_id, ...fields(world.next(), run_id) }
    },
    state,
    etag,
    absent: noRun,
    refusals: { 'a deleted run': ofDeleted },
    ...more,
  }
}

const point = (number: number) => ({ key: 'loss', value: number + 0.5, timestamp: 1000 + number, step: number })
const dataset = (number: number) => ({
  dataset: {
    name: `data ${number}`,
    digest: `d${number}`,
    source_type: 'local',
    source: '{}',
    schema: '{}',
    profile: '{}',
  },
  tags: [{ key: 'context', value: 'training' }],
})
const modelJson = (run: string) =>
  JSON.stringify({ artifact_path: 'model', run_id: run, utc_time_created: '2026-01-01', flavors: { f: {} } })

/** A run with something of everything. */
async function fullRun(world: AidpWorld): Promise<{ experiment_id: string; run_id: string }> {
  const experiment_id = await newExperiment(world)
  const run_id = await newRun(world, { experiment_id, run_name: 'full', tags: [{ key: 'a', value: 'b' }] })
  const params = [{ key: 'p', value: '1' }]
  await world.make('logExperimentRunBatch', { run_id, metrics: [point(1), point(2)], params })
  await world.make('logExperimentRunInputs', { run_id, dataset_inputs: [dataset(1)] })
  await world.make('logExperimentRunModel', { run_id, model_json: modelJson(run_id) })
  return { experiment_id, run_id }
}

const logsAnother = (name: string, fields: Fields) =>
  conflict(async (world, { run_id }) => {
    await world.make('logExperimentRunParam', { run_id, key: 'p', value: 'another' })
    return { [name]: fields[name] }
  })

export const runCases: Readonly<Record<string, OperationCase>> = {
  createExperimentRun: {
    prepare: async (world) => ({
      experiment_id: await newExperiment(world),
      run_name: 'new',
      start_time: 1_700_000_000_000,
      tags: [{ key: 'k', value: 'v' }],
    }),
    state: async (world, { experiment_id }) =>
      (await world.make('listExperimentRuns', { experiment_ids: [experiment_id], run_view_type: 'ALL' })).runs,
    remove: (world, { run }) => world.make('deleteExperimentRun', { run_id: run.info.run_id, is_permanent: true }),
    absent: { experiment_id: '999999999999' },
    shows: ({ experiment_id }) => ({
      run: { info: { experiment_id, run_name: 'new', status: 'RUNNING', start_time: 1_700_000_000_000 } },
    }),
    refusals: {
      'a deleted experiment': conflict(async (world, { experiment_id }) =>
        world.make('deleteExperiment', { experiment_id }),
      ),
    },
  },
  getExperimentRunById: {
    prepare: async (world) => ({ run_id: (await fullRun(world)).run_id }),
    etag,
    absent: noRun,
    shows: ({ run_id }) => ({
      run: {
        info: { run_id, run_uuid: run_id, lifecycle_stage: 'active' },
        data: { metrics: [{ key: 'loss', value: 2.5, timestamp: 1002, step: 2 }], params: [{ key: 'p', value: '1' }] },
        inputs: { dataset_inputs: [{ dataset: { name: 'data 1' }, tags: [{ key: 'context' }] }] },
      },
    }),
  },
  listExperimentRuns: {
    prepare: async (world) => {
      const { experiment_id } = await fullRun(world)
      return {
        experiment_ids: [experiment_id],
        filter: "tags.a = 'b'",
        order_by: ['start_time DESC'],
        run_view_type: 'ALL',
        max_results: 10,
      }
    },
    hides: emptyList('runs'),
    pages: async (world) => {
      const experiment_id = await newExperiment(world)
      for (let index = 0; index < 5; index++) await newRun(world, { experiment_id, start_time: 5 - (index % 2) })
      const request = { experiment_ids: [experiment_id] }
      return {
        request,
        size: { max_results: 2 },
        list: 'runs',
        count: 5,
        otherQuery: { ...request, filter: "attributes.status = 'RUNNING'" },
      }
    },
  },
  updateExperimentRun: change(
    (number) => ({ status: 'INTERNAL_ERROR', end_time: 1_700_000_000_001, run_name: `n${number}` }),
    {
      shows: ({ run_id, run_name }) => ({
        run_info: { run_id, run_name, status: 'INTERNAL_ERROR', end_time: 1_700_000_000_001 },
      }),
    },
  ),
  deleteExperimentRun: change(() => ({ is_permanent: false }), {
    again: 'succeeds',
    refusals: { 'for good, by a USER': absent(async () => ({ is_permanent: true }), 'member') },
  }),
  restoreExperimentRun: change(() => ({}), {
    again: 'succeeds',
    prepare: async (world) => {
      const run_id = await newRun(world)
      await world.make('deleteExperimentRun', { run_id })
      return { run_id }
    },
    refusals: {
      'a run of a deleted experiment': conflict(async (world, { run_id }) => {
        const { run } = await world.make('getExperimentRunById', { run_id })
        await world.make('deleteExperiment', { experiment_id: run.info.experiment_id })
        return undefined
      }),
    },
  }),
  setExperimentRunTag: change((number) => ({ key: 'k', value: `v${number}` })),
  deleteExperimentRunTag: change(() => ({ key: 'k' }), {
    again: 'succeeds',
    prepare: async (world) => ({ run_id: await newRun(world, { tags: [{ key: 'k', value: 'v' }] }), key: 'k' }),
  }),
  updateExperimentRunTags: change(
    (number) => ({
      set_tags: [{ key: `k${number}`, value: 'v' }],
      delete_tags: [{ key: 'none' }],
    }),
    {
      refusals: {
        'a deleted run': ofDeleted,
        'a key in both lists': invalid(async () => ({
          set_tags: [{ key: 'k', value: 'v' }],
          delete_tags: [{ key: 'k' }],
        })),
      },
    },
  ),
  logExperimentRunMetric: change(point),
  logExperimentRunParam: change(() => ({ key: 'p', value: '1' }), {
    again: 'succeeds',
    refusals: { 'a deleted run': ofDeleted, 'another value': logsAnother('value', { value: '1' }) },
  }),
  logExperimentRunBatch: change(
    (number) => ({
      metrics: [point(number)],
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 't', value: `v${number}` }],
    }),
    {
      refusals: {
        'a deleted run': ofDeleted,
        'another value': logsAnother('params', { params: [{ key: 'p', value: '1' }] }),
        'a key twice': invalid(async () => ({
          params: [
            { key: 'q', value: '1' },
            { key: 'q', value: '2' },
          ],
        })),
      },
    },
  ),
  logExperimentRunModel: change((_number, run) => ({ model_json: modelJson(run) }), {
    refusals: { 'a deleted run': ofDeleted, 'no JSON object': invalid(async () => ({ model_json: '[1]' })) },
  }),
  logExperimentRunInputs: change((number) => ({ dataset_inputs: [dataset(number)] })),
  getExperimentRunMetricHistory: {
    prepare: async (world) => ({ run_id: (await fullRun(world)).run_id, metric_key: 'loss', max_results: 10 }),
    absent: noRun,
    shows: () => ({ metrics: [point(1), point(2)] }),
    pages: async (world) => {
      const run_id = await newRun(world)
      const metrics = Array.from({ length: 5 }, (_, index) => point(index))
      await world.make('logExperimentRunBatch', { run_id, metrics })
      const request = { run_id, metric_key: 'loss' }
      return { request, size: { max_results: 2 }, list: 'metrics', count: 5, otherQuery: { run_id, metric_key: 'acc' } }
    },
  },
  listArtifacts: {
    prepare: async (world) => {
      const run_id = await newRun(world)
      await putFiles(world, run_id, ['a.txt', 'b.txt'])
      return { run_id, path: 'files' }
    },
    absent: noRun,
    shows: () => ({ files: [{ path: 'files/a.txt', is_dir: false, file_size: 1 }, { path: 'files/b.txt' }] }),
    pages: async (world) => {
      const run_id = await newRun(world)
      const names = Array.from({ length: 2100 }, (_, index) => `f${index}`)
      await putFiles(world, run_id, names)
      const request = { run_id, path: 'files' }
      return { request, size: {}, list: 'files', count: names.length, otherQuery: { run_id, path: '' } }
    },
  },
  listLoggedModels: {
    prepare: async (world) => {
      const { experiment_id } = await fullRun(world)
      return {
        experiment_ids: [experiment_id],
        order_by: [{ field_name: 'creation_time', ascending: false }],
        max_results: 10,
      }
    },
    hides: emptyList('models'),
    pages: async (world) => {
      const experiment_id = await newExperiment(world)
      for (let index = 0; index < 5; index++) {
        const run_id = await newRun(world, { experiment_id })
        await world.make('logExperimentRunModel', { run_id, model_json: modelJson(run_id) })
      }
      const request = { experiment_ids: [experiment_id] }
      return {
        request,
        size: { max_results: 2 },
        list: 'models',
        count: 5,
        otherQuery: { ...request, order_by: [{ field_name: 'creation_time', ascending: true }] },
      }
    },
  },
}

/** Puts files of one byte into the directory `files` of a run, past the server. */
async function putFiles({ server, home, make }: AidpWorld, run_id: string, names: readonly string[]): Promise<void> {
  const { run } = await make('getExperimentRunById', { run_id })
  const { tenant } = await server.db.lookup
    .selectFrom('workspaces')
    .select('tenant')
    .where('key', '=', home.workspace)
    .executeTakeFirstOrThrow()
  const key = artifactKey(tenantOf(tenant), pathBelowUri(run.info.artifact_uri, 'files'))
  const directory = join(server.artifactsDir, key)
  await mkdir(directory, { recursive: true })
  await Promise.all(names.map((name) => writeFile(join(directory, name), 'x')))
}
