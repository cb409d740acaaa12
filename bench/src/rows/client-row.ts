import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { treeUsage } from '../measure/process-tree.ts'
import type { Sample } from '../measure/sample.ts'
import { emptyRuns } from '../seed/seed.ts'
import { seedTarget } from '../seed/seed-target.ts'
import { apiClient, listAt } from '../targets/api-client.ts'
import { mlflowEnvironment, mlflowPython } from '../targets/start-target.ts'
import type { Target } from '../targets/target.ts'
import { interleave, type Work } from './bench.ts'
import { rowResult } from './row.ts'

const script = fileURLToPath(new URL('../python/client-loop.py', import.meta.url))

/** What a user of the Python client feels: its loop of single log_metric calls, client and server on one machine. */
export const clientRow: Work = {
  ids: ['python-client'],
  async run(bench) {
    const names = bench.wanted(['runstead', 'mlflow', 'mlflow-1', 'bare'])
    const targets = await Promise.all(names.map((name) => bench.target(name)))
    const experiments = new Map<Target, string>()
    for (const target of targets) {
      experiments.set(target, (await seedTarget(target, emptyRuns('bench python client', 0))).experimentId)
    }
    const calls = bench.options.sizes.clientCalls
    const samples = await interleave(bench, 'python-client', targets, (target, round) =>
      clientLoop(target, experiments.get(target)!, round === 0 ? Math.min(calls, 50) : calls),
    )
    const head = {
      id: 'python-client',
      title: "the Python client's own loop of 2,000 mlflow.log_metric",
      unit: '/s' as const,
      connections: 1,
      goals: [
        { kind: 'times' as const, against: 'mlflow' as const, factor: 10 },
        { kind: 'times' as const, against: 'mlflow-1' as const, factor: 2 },
        { kind: 'times' as const, against: 'bare' as const, factor: 0.75 },
      ],
      note: 'calls a second; the client itself takes most of the time',
    }
    return [rowResult(head, samples)]
  },
}

async function clientLoop(target: Target, experimentId: string, calls: number): Promise<Sample> {
  const uri = `http://${target.address.host}:${target.address.port}`
  const child = spawn(mlflowPython(), [script, uri, experimentId, String(calls)], {
    env: { ...process.env, ...mlflowEnvironment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the Python client ended early: ${complaint.slice(-2000)}`)
    return value
  }
  if ((await next()) !== 'ready') throw new Error(`the Python client did not start: ${complaint.slice(-2000)}`)
  const before = treeUsage(target.pid)
  child.stdin.write('go\n')
  const { seconds, run_id: runId } = JSON.parse(await next()) as { seconds: number; run_id: string }
  const after = treeUsage(target.pid)
  await ended
  using client = apiClient(target.address)
  const stored = listAt(await client.get(`metrics/get-history?run_id=${runId}&metric_key=loss`), 'metrics').length
  return {
    value: calls / seconds,
    cpuMs: (after.cpuMs - before.cpuMs) / calls,
    rssBytes: after.rssBytes,
    errors: calls - stored,
    completed: stored,
    seconds,
  }
}
