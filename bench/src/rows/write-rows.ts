import type { Workload } from '../load/workload.ts'
import { emptyRuns } from '../seed/seed.ts'
import { seedTarget } from '../seed/seed-target.ts'
import { type ApiClient, listAt } from '../targets/api-client.ts'
import type { TargetName } from '../targets/target.ts'
import type { Work } from './bench.ts'
import { loadRow } from './load-row.ts'
import type { Goal } from './row.ts'

const usual: readonly TargetName[] = ['runstead', 'mlflow', 'bare']

/** Rounds write steps and keys that lie this far apart, so that none repeats what is there. */
const roundStride = 1_000_000

function goals(mlflow: number, bare: number): Goal[] {
  return [
    { kind: 'times', against: 'mlflow', factor: mlflow },
    { kind: 'times', against: 'bare', factor: bare },
  ]
}

interface WriteRow {
  readonly id: string
  readonly title: string
  readonly connections: number
  readonly targets?: readonly TargetName[]
  readonly goals: readonly Goal[]
  /** The traffic to runs that exist, one for each connection. */
  readonly workload: (experimentId: string, runIds: readonly string[], from: number) => Workload
  /** Counts on the server what the acknowledged requests must have left there. */
  readonly stored: (client: ApiClient, experimentId: string, runIds: readonly string[]) => Promise<number>
  /** How much of that each request leaves. */
  readonly each: number
}

function writeRow({ id, title, connections, targets = usual, goals, workload, stored, each }: WriteRow): Work {
  return loadRow({
    id,
    title,
    connections,
    targets,
    goals,
    unit: '/s',
    async prepare(_bench, target) {
      const { experimentId, runIds } = await seedTarget(target, emptyRuns(`bench ${id}`, connections))
      return {
        workload: (round) => workload(experimentId, runIds, round * roundStride),
        async check(client, completed) {
          const found = await stored(client, experimentId, runIds)
          if (found < completed * each)
            throw new Error(`${target.name} acknowledged ${completed * each}, and has ${found}`)
          return 'everything acknowledged is there'
        },
      }
    },
  })
}

/** How many points of a metric there are in some runs. */
export async function points(client: ApiClient, runIds: readonly string[], key: string): Promise<number> {
  let sum = 0
  for (const id of runIds) {
    sum += listAt(await client.get(`metrics/get-history?run_id=${id}&metric_key=${key}`), 'metrics').length
  }
  return sum
}

async function inRuns(client: ApiClient, runIds: readonly string[], kind: 'params' | 'tags'): Promise<number> {
  let sum = 0
  for (const id of runIds) sum += listAt(await client.get(`runs/get?run_id=${id}`), 'run', 'data', kind).length
  return sum
}

const logMetric = {
  workload: (_: string, runIds: readonly string[], from: number) => ({ kind: 'log-metric', runIds, from }) as const,
  stored: (client: ApiClient, _: string, runIds: readonly string[]) => points(client, runIds, 'loss'),
  each: 1,
}

/** The rows of the write path. */
export const writeRows: readonly Work[] = [
  writeRow({
    id: 'create-run',
    title: 'create-run',
    connections: 16,
    goals: goals(60, 0.45),
    workload: (experimentId) => ({ kind: 'create-run', experimentId }),
    async stored(client, experimentId) {
      let count = 0
      for (let token: string | undefined, first = true; first || token; first = false) {
        const answer = await client.post('runs/search', {
          experiment_ids: [experimentId],
          max_results: 10_000,
          page_token: token,
        })
        count += listAt(answer, 'runs').length
        token = (answer as { next_page_token?: string }).next_page_token
      }
      return count
    },
    each: 1,
  }),
  writeRow({
    id: 'log-metric',
    title: 'log-metric, one value a call',
    connections: 16,
    goals: goals(60, 0.5),
    ...logMetric,
  }),
  writeRow({
    id: 'log-metric-1',
    title: 'log-metric on one connection',
    connections: 1,
    targets: ['runstead', 'mlflow', 'mlflow-1', 'bare'],
    goals: [...goals(80, 0.5), { kind: 'times', against: 'mlflow-1', factor: 12 }],
    ...logMetric,
  }),
  writeRow({
    id: 'log-batch-1000',
    title: 'log-batch of 1,000 values (10 keys × 100 steps)',
    connections: 4,
    goals: goals(25, 0.5),
    workload: (_, runIds, from) => ({ kind: 'log-batch', runIds, from, keys: 10, steps: 100 }),
    stored: (client, _, runIds) => points(client, runIds, 'metric-9'),
    each: 100,
  }),
  writeRow({
    id: 'log-batch-10',
    title: 'log-batch of 10 values',
    connections: 16,
    goals: goals(20, 0.5),
    workload: (_, runIds, from) => ({ kind: 'log-batch', runIds, from, keys: 10, steps: 1 }),
    stored: (client, _, runIds) => points(client, runIds, 'metric-9'),
    each: 1,
  }),
  writeRow({
    id: 'log-parameter',
    title: 'log-parameter',
    connections: 16,
    goals: goals(20, 0.5),
    workload: (_, runIds, from) => ({ kind: 'log-parameter', runIds, from }),
    stored: (client, _, runIds) => inRuns(client, runIds, 'params'),
    each: 1,
  }),
  writeRow({
    id: 'set-tag',
    title: 'set-tag',
    connections: 16,
    goals: goals(20, 0.5),
    workload: (_, runIds) => ({ kind: 'set-tag', runIds }),
    // Ten tags of each run are written over and over: all that can be counted is that every run has some.
    stored: async (client, _, runIds) => ((await inRuns(client, runIds, 'tags')) >= runIds.length * 2 ? Infinity : 0),
    each: 1,
  }),
]
