import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { LoadGenerator } from '../load/generator-process.ts'
import type { Workload } from '../load/workload.ts'
import { waitUntilQuiet } from '../measure/process-tree.ts'
import { type Sample, sampleLoad } from '../measure/sample.ts'
import type { Options } from '../options.ts'
import { startTarget } from '../targets/start-target.ts'
import type { Target, TargetName } from '../targets/target.ts'
import type { RowResult } from './row.ts'

/** Some rows that share their preparation. */
export interface Work {
  readonly ids: readonly string[]
  run(bench: Bench): Promise<RowResult[]>
}

/** What a row works with. The servers are shared by all rows and started when the first one asks. */
export interface Bench extends AsyncDisposable {
  readonly options: Options
  /** The targets of a row which this benchmark is to measure. */
  wanted(names: readonly TargetName[]): TargetName[]
  target(name: TargetName): Promise<Target>
  /**
   * Starts a further server on the data in `directory` (below the work directory); the caller disposes it.
   *
   * @param checkout of Runstead, where it is not this one
   */
  startOther(name: TargetName, directory: string, checkout?: string): Promise<Target>
  /** The directory which {@link startOther} and {@link target} use for a name. */
  directory(name: string): string
  sample(target: Target, workload: Workload, connections: number, seconds?: number): Promise<Sample>
  progress(text: string): void
}

/** The state of one benchmark. Disposing it stops every shared server. */
export function openBench(options: Options, root: string, generator: LoadGenerator): Bench {
  const shared = new Map<TargetName, Promise<Target>>()
  const start = async (name: TargetName, at: string, checkout?: string) => {
    const target = await startTarget(name, directory(at), checkout)
    await waitUntilQuiet(target.pid)
    return target
  }
  const directory = (name: string) => join(root, name)
  const progress = (text: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)

  return {
    options,
    directory,
    progress,
    wanted: (names) => names.filter((name) => options.targets.includes(name)),
    target(name) {
      const running = shared.get(name) ?? start(name, name)
      shared.set(name, running)
      return running
    },
    startOther: start,
    sample: (target, workload, connections, seconds = options.seconds) =>
      sampleLoad(generator, target, { workload, connections, seconds }, availableParallelism()),
    async [Symbol.asyncDispose]() {
      const running = await Promise.allSettled(shared.values())
      await Promise.all(
        running.map((result) => (result.status === 'fulfilled' ? result.value[Symbol.asyncDispose]() : undefined)),
      )
    },
  }
}

/**
 * Measures the servers in turn, A B C A B C …, so that all of them meet the same minutes. A first round that does not
 * count lets them compile and cache what they will need; its number is 0.
 */
export async function interleave(
  bench: Bench,
  title: string,
  targets: readonly Target[],
  measure: (target: Target, round: number) => Promise<Sample>,
): Promise<Map<TargetName, Sample[]>> {
  const samples = new Map<TargetName, Sample[]>(targets.map(({ name }) => [name, []]))
  for (let round = 0; round <= bench.options.rounds; round++) {
    for (const target of targets) {
      const sample = await measure(target, round)
      if (round > 0) samples.get(target.name)!.push(sample)
    }
    const line = targets
      .map(({ name }) => `${name} ${samples.get(name)!.at(-1)?.value.toPrecision(4) ?? '…'}`)
      .join('  ')
    bench.progress(`${title}: ${round === 0 ? 'warm-up done' : `round ${round}  ${line}`}`)
  }
  return samples
}

/** Lets the kernel write out what earlier work has left dirty, so that nobody pays for his predecessor. */
export function settleDisk(): void {
  execFileSync('sync')
}
