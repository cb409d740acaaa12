import type { FixedRequest } from '../load/workload.ts'
import { histories, type SeededExperiment, sweep, wideRuns } from '../seed/seed.ts'
import { seedTarget } from '../seed/seed-target.ts'
import { type ApiClient, type Json, listAt, textAt } from '../targets/api-client.ts'
import type { Target } from '../targets/target.ts'
import { type Bench, interleave, type Work } from './bench.ts'
import { checkAlike, loadRow, type Prepared } from './load-row.ts'
import { type Goal, rowResult } from './row.ts'

const api = '/api/2.0/mlflow/'

/** The seeds of a server that several rows use, laid once. */
function once(lay: (bench: Bench, target: Target) => Promise<SeededExperiment>) {
  const laid = new WeakMap<Target, Promise<SeededExperiment>>()
  return (bench: Bench, target: Target) => {
    const seeded = laid.get(target) ?? lay(bench, target)
    laid.set(target, seeded)
    return seeded
  }
}

/** The experiment which is searched and paged through. */
const sweepOf = once((bench, target) => seedTarget(target, sweep('bench sweep', bench.options.sizes.searchRuns)))

function repeated(requests: readonly FixedRequest[], describe: (client: ApiClient) => Promise<string>): Prepared {
  return { workload: () => ({ kind: 'repeat', requests }), check: describe }
}

/** The search of the issue's table. */
export function searchBody(experimentId: string, orderBy: string): object {
  return {
    experiment_ids: [experimentId],
    filter: "metrics.acc > 0.9 and params.lr = '0.01'",
    order_by: [orderBy],
    max_results: 100,
  }
}

function searchRow(id: string, orderBy: string, goals: readonly Goal[]): Work {
  return loadRow({
    id,
    title: `runs/search, 100 runs, metrics.acc > 0.9 and params.lr = '0.01' order by ${orderBy}`,
    unit: '/s',
    connections: 16,
    targets: ['runstead', 'mlflow-1'],
    goals,
    async prepare(bench, target) {
      const { experimentId } = await sweepOf(bench, target)
      const body = searchBody(experimentId, orderBy)
      return repeated([{ path: `${api}runs/search`, json: JSON.stringify(body) }], async (client) =>
        describeRuns(await client.post('runs/search', body)),
      )
    },
  })
}

/** How many runs there are, which comes first and last, and how much each holds. */
function describeRuns(answer: Json): string {
  const runs = listAt(answer, 'runs')
  const name = (run: Json | undefined) => (run === undefined ? 'none' : textAt(run, 'info', 'run_name'))
  const entries = (kind: string) => runs.reduce((sum: number, run) => sum + listAt(run, 'data', kind).length, 0)
  return `${runs.length} runs, ${name(runs[0])} to ${name(runs.at(-1))}, ${entries('metrics')} metrics, ${entries('params')} params`
}

const getRun = loadRow({
  id: 'get-run',
  title: 'get-run (50 metrics, 30 params)',
  unit: '/s',
  connections: 16,
  targets: ['runstead', 'mlflow', 'bare'],
  goals: [
    { kind: 'times', against: 'mlflow', factor: 45 },
    { kind: 'times', against: 'bare', factor: 0.5 },
  ],
  async prepare(_bench, target) {
    const { runIds } = await seedTarget(target, wideRuns('bench get-run', 16))
    return repeated(
      runIds.map((id) => ({ path: `${api}runs/get?run_uuid=${id}&run_id=${id}` })),
      async (client) =>
        describeRuns({ runs: [((await client.get(`runs/get?run_id=${runIds[3]}`)) as { run: Json }).run] }),
    )
  },
})

const paging = loadRow({
  id: 'paging',
  title: 'paging through all runs, a tenth of them a page',
  unit: '/s',
  connections: 1,
  targets: ['runstead', 'mlflow', 'bare'],
  goals: [
    { kind: 'times', against: 'mlflow', factor: 20 },
    { kind: 'times', against: 'bare', factor: 0.5 },
  ],
  note: 'pages a second; 10,000 runs, 1,000 a page; 10 metrics, 10 params and 4 tags a run',
  async prepare(bench, target) {
    const { experimentId } = await sweepOf(bench, target)
    const body = { experiment_ids: [experimentId], max_results: bench.options.sizes.searchRuns / 10 }
    return {
      workload: () => ({ kind: 'paging', body }),
      check: async (client) => describeRuns(await client.post('runs/search', body)),
    }
  },
})

/** The last of a hundred pages against the first: a share of 1 means that depth costs nothing. */
const deepPage: Work = {
  ids: ['page-100'],
  async run(bench) {
    const targets = await Promise.all(bench.wanted(['runstead', 'mlflow', 'bare']).map((name) => bench.target(name)))
    const size = bench.options.sizes.searchRuns / 100
    const requests = new Map<Target, { readonly first: FixedRequest; readonly last: FixedRequest }>()
    await checkAlike('page-100', targets, async (target, client) => {
      const body = { experiment_ids: [(await sweepOf(bench, target)).experimentId], max_results: size }
      let token: string | undefined
      for (let page = 1; page < 100; page++) {
        token = textAt(await client.post('runs/search', { ...body, page_token: token }), 'next_page_token')
      }
      const request = (page: object) => ({ path: `${api}runs/search`, json: JSON.stringify(page) })
      requests.set(target, { first: request(body), last: request({ ...body, page_token: token }) })
      return describeRuns(await client.post('runs/search', { ...body, page_token: token }))
    })
    const samples = await interleave(bench, 'page-100', targets, async (target) => {
      const { first, last } = requests.get(target)!
      const seconds = bench.options.seconds / 2
      const early = await bench.sample(target, { kind: 'repeat', requests: [first] }, 1, seconds)
      const late = await bench.sample(target, { kind: 'repeat', requests: [last] }, 1, seconds)
      return { ...late, value: late.p50Ms! / early.p50Ms!, errors: early.errors + late.errors }
    })
    const head = {
      id: 'page-100',
      title: 'the 100th page against the first, a hundredth of the runs a page',
      unit: '×' as const,
      connections: 1,
      goals: [{ kind: 'at-most' as const, limit: 1.2 }],
      note: 'p50 of the last page divided by p50 of the first',
    }
    return [rowResult(head, samples)]
  },
}

const history = loadRow({
  id: 'get-history',
  title: 'get-history of 100,000 points',
  unit: '/s',
  connections: 16,
  targets: ['runstead', 'mlflow', 'bare'],
  goals: [
    { kind: 'times', against: 'mlflow', factor: 15 },
    { kind: 'times', against: 'bare', factor: 0.6 },
  ],
  async prepare(bench, target) {
    const { runIds } = await seedTarget(target, histories('bench history', 1, bench.options.sizes.historyPoints))
    const path = `metrics/get-history?run_uuid=${runIds[0]}&run_id=${runIds[0]}&metric_key=loss`
    return repeated([{ path: api + path }], async (client) => describePoints(await client.get(path)))
  },
})

const bulkInterval = loadRow({
  id: 'bulk-interval',
  title: 'bulk interval of 10 runs × 10,000 points',
  unit: '/s',
  connections: 16,
  targets: ['runstead', 'mlflow', 'bare'],
  goals: [
    { kind: 'times', against: 'mlflow', factor: 15 },
    { kind: 'times', against: 'bare', factor: 0.6 },
  ],
  note: 'the default of at most 2,500 points of each run comes back',
  async prepare(bench, target) {
    const { runIds } = await seedTarget(target, histories('bench interval', 10, bench.options.sizes.intervalPoints))
    const path = `metrics/get-history-bulk-interval?${runIds.map((id) => `run_ids=${id}`).join('&')}&metric_key=loss`
    return repeated(
      [{ path: api + path }],
      async (client) => `${listAt(await client.get(path), 'metrics').length} points`,
    )
  },
})

function describePoints(answer: Json): string {
  const metrics = listAt(answer, 'metrics')
  return `${metrics.length} points, ${JSON.stringify((metrics[0] as { value: Json }).value)} to ${JSON.stringify((metrics.at(-1) as { value: Json }).value)}`
}

/** The rows of the read path that need one server of each kind. */
export const readRows: readonly Work[] = [
  getRun,
  searchRow('search', 'metrics.acc DESC', [{ kind: 'times', against: 'mlflow-1', factor: 80 }]),
  searchRow('search-by-loss', 'metrics.loss ASC', []),
  paging,
  deepPage,
  history,
  bulkInterval,
]
