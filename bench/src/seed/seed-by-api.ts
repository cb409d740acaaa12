import { runClosedLoop } from '../load/closed-loop.ts'
import type { HttpAddress } from '../load/http-address.ts'
import { type PayloadSource, postJson } from '../load/payload.ts'
import { apiClient, textAt } from '../targets/api-client.ts'
import type { Seed, SeededExperiment, SeedRun } from './seed.ts'

const connections = 16
/** What one log-batch may hold. */
const batchEntries = 1000

/**
 * Lays a seed through the public HTTP API: a create-run and the log-batches of it on each of 16 connections.
 *
 * @throws when a single request is refused
 */
export async function seedByApi(address: HttpAddress, seed: Seed): Promise<SeededExperiment> {
  using client = apiClient(address)
  const experimentId = textAt(await client.post('experiments/create', { name: seed.experiment }), 'experiment_id')
  const runIds = new Array<string>(seed.runs)
  let nextIndex = 0

  /** A connection's story: create a run, fill it, take the next one. */
  function source(): PayloadSource {
    let created: { readonly index: number; readonly run: SeedRun } | undefined
    let batches: Iterator<object, undefined> | undefined
    return (answer) => {
      if (created) {
        const runId = runIdIn(answer)
        runIds[created.index] = runId
        batches = logBatches(runId, created.run)
        created = undefined
      }
      const batch = batches?.next().value
      if (batch) return postJson(address, '/api/2.0/mlflow/runs/log-batch', JSON.stringify(batch))
      if (nextIndex === seed.runs) return undefined
      const index = nextIndex++
      const run = seed.run(index)
      created = { index, run }
      const body = {
        experiment_id: experimentId,
        user_id: 'bench',
        run_name: run.name,
        start_time: run.startTime,
        tags: run.tags,
      }
      return postJson(address, '/api/2.0/mlflow/runs/create', JSON.stringify(body))
    }
  }

  const { errors, firstError } = await runClosedLoop({
    address,
    connections,
    seconds: Infinity,
    keepBody: true,
    source,
  })
  if (Object.keys(errors).length > 0)
    throw new Error(`seeding ${seed.experiment}: ${JSON.stringify(errors)} ${firstError}`)
  return { experimentId, runIds }
}

function runIdIn(answer: string): string {
  const id = /"run_id"\s*:\s*"([0-9a-f]+)"/.exec(answer)?.[1]
  if (id === undefined) throw new Error(`no run id in ${answer.slice(0, 300)}`)
  return id
}

function* logBatches(runId: string, { metrics, params }: SeedRun): Generator<object, undefined> {
  let at = batchEntries - params.length
  if (metrics.length + params.length > 0) yield { run_id: runId, metrics: metrics.slice(0, at), params }
  for (; at < metrics.length; at += batchEntries) {
    yield { run_id: runId, metrics: metrics.slice(at, at + batchEntries) }
  }
}
