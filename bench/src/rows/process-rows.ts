import { setTimeout as wait } from 'node:timers/promises'
import { treeUsage } from '../measure/process-tree.ts'
import type { Sample } from '../measure/sample.ts'
import type { TargetName } from '../targets/target.ts'
import type { Bench, Work } from './bench.ts'
import { rowResult } from './row.ts'

const megabyte = 1e6
const servers: readonly TargetName[] = ['runstead', 'mlflow', 'mlflow-1', 'bare']

/** Starts each server on an empty directory, several times, and looks at it before anybody has asked it anything. */
export const startRows: Work = {
  ids: ['start', 'idle-memory'],
  async run(bench) {
    const starts = new Map<TargetName, Sample[]>()
    const idle = new Map<TargetName, Sample[]>()
    for (const name of bench.wanted(servers)) {
      starts.set(name, [])
      idle.set(name, [])
    }
    for (let round = 1; round <= bench.options.rounds; round++) {
      for (const name of starts.keys()) {
        await using target = await bench.startOther(name, `start-${name}-${round}`)
        starts.get(name)!.push({ value: target.startMs, errors: 0 })
        await wait(bench.options.sizes.idleMs)
        idle.get(name)!.push({ value: treeUsage(target.pid).rssBytes / megabyte, errors: 0 })
        bench.progress(`start: round ${round}  ${name} ${target.startMs.toFixed(0)} ms`)
      }
    }
    return [
      rowResult(
        {
          id: 'start',
          title: 'start to first answer, on an empty directory',
          unit: 'ms',
          goals: [{ kind: 'at-most', limit: 500 }],
        },
        starts,
      ),
      rowResult(
        {
          id: 'idle-memory',
          title: 'idle memory',
          unit: 'MB',
          goals: [{ kind: 'at-most', limit: 120 }],
          note: 'resident sets of the process tree added up',
        },
        idle,
      ),
    ]
  },
}

/** The memory of the shared servers when everything else has been done, and when they have had a rest. Must be the last of all. */
export const memoryAfterRows: Work = {
  ids: ['memory-after', 'memory-at-rest'],
  async run(bench) {
    const after = await memoryOf(bench)
    await wait(bench.options.sizes.restMs)
    const atRest = await memoryOf(bench)
    const note = 'of the servers which did all rows but the searches over 100,000 runs'
    const goals = [{ kind: 'at-most', limit: 300 }] as const
    const rest = `${bench.options.sizes.restMs / 1000} s`
    return [
      rowResult({ id: 'memory-after', title: 'memory after all of the above', unit: 'MB', goals, note }, after),
      rowResult({ id: 'memory-at-rest', title: `the same after ${rest} without requests`, unit: 'MB', goals }, atRest),
    ]
  },
}

async function memoryOf(bench: Bench): Promise<ReadonlyMap<TargetName, Sample[]>> {
  const samples = new Map<TargetName, Sample[]>()
  for (const name of bench.wanted(servers)) {
    const { pid } = await bench.target(name)
    samples.set(name, [{ value: treeUsage(pid).rssBytes / megabyte, errors: 0 }])
  }
  return samples
}
