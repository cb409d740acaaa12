/**
 * The load generator's process: takes jobs over the channel to its parent, one at a time, and answers each with a
 * {@link LoadResult}. It lives as long as the benchmark, so that its code is warm for every server alike.
 */
import { type LoadResult, runClosedLoop } from './closed-loop.ts'
import type { HttpAddress } from './http-address.ts'
import { payloadSource, type Workload } from './workload.ts'

export interface LoadJob {
  readonly address: HttpAddress
  readonly workload: Workload
  readonly connections: number
  readonly seconds: number
}

/** What the generator sends back: the result, or why there is none. `cpuMs` is what the generator itself used. */
export type LoadReply = { readonly result: LoadResult; readonly cpuMs: number } | { readonly failure: string }

async function perform({ address, workload, connections, seconds }: LoadJob): Promise<LoadReply> {
  const before = process.cpuUsage()
  const result = await runClosedLoop({
    address,
    connections,
    seconds,
    keepBody: workload.kind === 'paging',
    source: (connection) => payloadSource(workload, address, connection, connections),
  })
  const used = process.cpuUsage(before)
  return { result, cpuMs: (used.user + used.system) / 1000 }
}

process.on('message', (job: LoadJob) => {
  perform(job)
    .catch((error: unknown): LoadReply => ({ failure: String(error) }))
    .then((reply) => process.send!(reply))
})
process.on('disconnect', () => process.exit())
