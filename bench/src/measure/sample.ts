import type { LoadGenerator } from '../load/generator-process.ts'
import type { HttpAddress } from '../load/http-address.ts'
import type { Workload } from '../load/workload.ts'
import type { Target } from '../targets/target.ts'
import { machineBusyMs, treeUsage } from './process-tree.ts'

/** One measurement of one server. */
export interface Sample {
  /** In the unit of its row. */
  readonly value: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  /** CPU time of the server's process tree for each request, in ms. */
  readonly cpuMs?: number
  /** Memory of the server's process tree at the end, in bytes. */
  readonly rssBytes?: number
  /** Requests without a 2xx answer. */
  readonly errors: number
  readonly firstError?: string | undefined
  readonly completed?: number
  readonly seconds?: number
  /** CPU time of the load generator for each request, in ms. */
  readonly generatorCpuMs?: number
  /** Share of the machine that neither server nor benchmark used: other work going on, 0 to 1. */
  readonly foreignCpu?: number
}

export interface Load {
  readonly workload: Workload
  readonly connections: number
  readonly seconds: number
}

/** Runs a load against a server and measures both. `value` is requests per second. */
export async function sampleLoad(
  generator: LoadGenerator,
  target: Pick<Target, 'address' | 'pid'>,
  load: Load,
  processors: number,
): Promise<Sample> {
  const before = treeUsage(target.pid)
  const busyBefore = machineBusyMs()
  const ownBefore = process.cpuUsage()
  const start = performance.now()
  const { result, cpuMs } = await generator.run({ address: target.address satisfies HttpAddress, ...load })
  const elapsed = performance.now() - start
  const own = process.cpuUsage(ownBefore)
  const busy = machineBusyMs() - busyBefore
  const after = treeUsage(target.pid)
  const serverMs = after.cpuMs - before.cpuMs
  const foreignMs = busy - serverMs - cpuMs - (own.user + own.system) / 1000
  const { completed, seconds, p50Ms, p99Ms, firstError } = result
  return {
    value: completed / seconds,
    p50Ms,
    p99Ms,
    cpuMs: serverMs / completed,
    rssBytes: after.rssBytes,
    errors: Object.values(result.errors).reduce((sum, count) => sum + count, 0),
    firstError,
    completed,
    seconds,
    generatorCpuMs: cpuMs / completed,
    foreignCpu: Math.max(0, foreignMs / (elapsed * processors)),
  }
}
