import type { Workload } from '../load/workload.ts'
import { type ApiClient, apiClient } from '../targets/api-client.ts'
import type { Target, TargetName } from '../targets/target.ts'
import { type Bench, interleave, type Work } from './bench.ts'
import { type RowHead, rowResult } from './row.ts'

/** A prepared server: its traffic for each round, and a look at whether it does what the others do. */
export interface Prepared {
  /** @param round counts from 0, the warm-up */
  workload(round: number): Workload
  /**
   * Describes what the server answers, or has stored, in words that must be equal on every server. Called after the
   * rounds.
   *
   * @param completed requests that were acknowledged in all rounds together
   * @throws when acknowledged work is missing
   */
  check(client: ApiClient, completed: number): Promise<string>
}

export interface LoadRow extends RowHead {
  readonly connections: number
  readonly targets: readonly TargetName[]
  prepare(bench: Bench, target: Target): Promise<Prepared>
}

/** A warm-up need not be longer than this, in seconds. */
const warmUpSeconds = 1

/** A row whose figure is requests per second of one kind of traffic in a closed loop. */
export function loadRow(row: LoadRow): Work {
  const { targets, prepare, ...head } = row
  return {
    ids: [row.id],
    async run(bench) {
      const running: Target[] = []
      const prepared = new Map<TargetName, Prepared>()
      for (const name of bench.wanted(targets)) {
        const target = await bench.target(name)
        bench.progress(`${row.id}: preparing ${name}`)
        running.push(target)
        prepared.set(name, await prepare(bench, target))
      }
      const completed = new Map<TargetName, number>()
      const samples = await interleave(bench, row.id, running, async (target, round) => {
        const seconds = round === 0 ? Math.min(warmUpSeconds, bench.options.seconds) : bench.options.seconds
        const sample = await bench.sample(target, prepared.get(target.name)!.workload(round), row.connections, seconds)
        completed.set(target.name, (completed.get(target.name) ?? 0) + (sample.completed ?? 0))
        return sample
      })
      await checkAlike(row.id, running, (target, client) =>
        prepared.get(target.name)!.check(client, completed.get(target.name) ?? 0),
      )
      return [rowResult(head, samples)]
    },
  }
}

/** Compares what the servers say. @throws when two of them say different things: then their figures do not compare */
export async function checkAlike(
  id: string,
  targets: readonly Target[],
  describe: (target: Target, client: ApiClient) => Promise<string>,
): Promise<void> {
  let first: { readonly name: TargetName; readonly text: string } | undefined
  for (const target of targets) {
    using client = apiClient(target.address)
    const text = await describe(target, client)
    first ??= { name: target.name, text }
    if (text !== first.text) {
      throw new Error(`${id}: the servers differ\n  ${first.name}: ${first.text}\n  ${target.name}: ${text}`)
    }
  }
}
