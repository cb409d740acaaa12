import { treeUsage } from '../measure/process-tree.ts'
import type { Sample } from '../measure/sample.ts'
import { emptyRuns } from '../seed/seed.ts'
import { seedTarget } from '../seed/seed-target.ts'
import { apiClient, listAt, textAt } from '../targets/api-client.ts'
import type { Target, TargetName } from '../targets/target.ts'
import { type Bench, interleave, settleDisk, type Work } from './bench.ts'
import { checkAlike } from './load-row.ts'
import { type RowHead, type RowResult, rowResult } from './row.ts'

const proxy = '/api/2.0/mlflow-artifacts/artifacts/'
const mebibyte = 1024 ** 2
const smallBytes = 4096
/** Long enough for any transfer: these rows end when their work is done. */
const unlimited = 3600
const memoryEveryMs = 50

interface Place {
  readonly runId: string
  /** Path of the run's artifacts at the proxy. */
  readonly path: string
}

/** One gigabyte up and down, with what it costs in memory. */
export const largeArtifactRows: Work = {
  ids: ['artifact-up', 'artifact-down', 'artifact-memory'],
  run: (bench) => withPlaces(bench, 'bench large artifact', largeFile),
}

/** Thousands of small files up and down, and their list. */
export const smallArtifactRows: Work = {
  ids: ['small-up', 'small-down', 'list-artifacts'],
  run: (bench) => withPlaces(bench, 'bench small artifacts', smallFiles),
}

/** Makes a run on each server, whose artifacts `measure` may write and read. */
async function withPlaces(bench: Bench, experiment: string, measure: typeof largeFile): Promise<RowResult[]> {
  const targets = await Promise.all(bench.wanted(['runstead', 'mlflow', 'bare']).map((name) => bench.target(name)))
  const places = new Map<Target, Place>()
  for (const target of targets) places.set(target, await preparePlace(target, experiment))
  return measure(bench, targets, (target) => places.get(target)!)
}

async function preparePlace(target: Target, experiment: string): Promise<Place> {
  const { runIds } = await seedTarget(target, emptyRuns(experiment, 1))
  using client = apiClient(target.address)
  const uri = textAt(await client.get(`runs/get?run_id=${runIds[0]}`), 'run', 'info', 'artifact_uri')
  return { runId: runIds[0]!, path: proxy + uri.replace(/^mlflow-artifacts:\/*/, '') }
}

async function largeFile(
  bench: Bench,
  targets: readonly Target[],
  placeOf: (target: Target) => Place,
): Promise<RowResult[]> {
  const bytes = bench.options.sizes.artifactBytes
  const growth = new Map<TargetName, Sample[]>(targets.map(({ name }) => [name, []]))

  /** A transfer in MiB/s, and how far the memory of the server rose above what it was before. */
  async function transfer(target: Target, round: number, work: () => Promise<Sample>): Promise<Sample> {
    settleDisk()
    const before = treeUsage(target.pid).rssBytes
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, treeUsage(target.pid).rssBytes)
    }, memoryEveryMs)
    const sample = await work()
    clearInterval(watch)
    if (round > 0) growth.get(target.name)!.push({ value: (peak - before) / mebibyte, errors: sample.errors })
    return { ...sample, value: ((sample.completed ?? 0) * bytes) / mebibyte / (sample.seconds ?? Number.NaN) }
  }

  const up = await interleave(bench, 'artifact-up', targets, (target, round) =>
    transfer(target, round, () =>
      bench.sample(target, { kind: 'upload', path: `${placeOf(target).path}/large`, count: 1, bytes }, 1, unlimited),
    ),
  )
  await checkAlike('artifact-up', targets, async (target, client) => {
    const answer = await client.get(`artifacts/list?run_id=${placeOf(target).runId}&path=large`)
    return JSON.stringify(listAt(answer, 'files').map((file) => (file as { file_size: number }).file_size))
  })
  const down = await interleave(bench, 'artifact-down', targets, (target, round) =>
    transfer(target, round, () =>
      bench.sample(target, { kind: 'get-each', paths: [`${placeOf(target).path}/large/0`] }, 1, unlimited),
    ),
  )
  const head = { unit: 'MiB/s' as const, connections: 1 }
  return [
    rowResult({ ...head, id: 'artifact-up', title: '1 GiB artifact up', goals: goals(2) }, up),
    rowResult({ ...head, id: 'artifact-down', title: '1 GiB artifact down', goals: goals(1) }, down),
    rowResult(
      {
        id: 'artifact-memory',
        title: 'memory growth during these transfers, at its peak',
        unit: 'MB',
        connections: 1,
        goals: [{ kind: 'at-most', limit: 64 }],
        note: 'median over the transfers, in MiB; looked at every 50 ms',
      },
      growth,
    ),
  ]
}

async function smallFiles(
  bench: Bench,
  targets: readonly Target[],
  placeOf: (target: Target) => Place,
): Promise<RowResult[]> {
  const count = bench.options.sizes.smallFiles
  const connections = 16
  const up = await interleave(bench, 'small-up', targets, (target, round) => {
    settleDisk()
    const path = `${placeOf(target).path}/small-${round}`
    return bench.sample(target, { kind: 'upload', path, count, bytes: smallBytes }, connections, unlimited)
  })
  const down = await interleave(bench, 'small-down', targets, (target) => {
    const paths = Array.from({ length: count }, (_, n) => `${placeOf(target).path}/small-1/${n}`)
    return bench.sample(target, { kind: 'get-each', paths }, connections, unlimited)
  })
  const listPath = (target: Target) => `artifacts/list?run_id=${placeOf(target).runId}&path=small-1`
  await checkAlike('list-artifacts', targets, async (target, client) => {
    const files = listAt(await client.get(listPath(target)), 'files')
    return `${files.length} files, first ${JSON.stringify(files[0])}`
  })
  const list = await interleave(bench, 'list-artifacts', targets, (target) =>
    bench.sample(target, { kind: 'repeat', requests: [{ path: `/api/2.0/mlflow/${listPath(target)}` }] }, connections),
  )
  const head = { unit: '/s' as const, connections }
  return [
    rowResult({ ...head, id: 'small-up', title: '5,000 artifacts of 4 KiB up', goals: goals(5) }, up),
    rowResult({ ...head, id: 'small-down', title: '5,000 artifacts of 4 KiB down', goals: goals(5) }, down),
    rowResult({ ...head, id: 'list-artifacts', title: 'listing 5,000 artifacts', goals: goals(5) }, list),
  ]
}

function goals(mlflow: number): RowHead['goals'] {
  return [
    { kind: 'times', against: 'mlflow', factor: mlflow },
    { kind: 'times', against: 'bare', factor: 0.7 },
  ]
}
