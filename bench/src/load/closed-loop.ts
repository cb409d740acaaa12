import { numberLog, percentile } from '../measure/statistics.ts'
import { openConnection } from './connection.ts'
import type { HttpAddress } from './http-address.ts'
import type { PayloadSource } from './payload.ts'

export interface ClosedLoop {
  readonly address: HttpAddress
  /** How many connections each send their next request when the previous one has been answered. */
  readonly connections: number
  /** No request is sent after this time; what is under way then is still waited for and counts. */
  readonly seconds: number
  /** Whether sources want the text of the answers. */
  readonly keepBody: boolean
  /** The requests of connection number `connection`. */
  readonly source: (connection: number) => PayloadSource
}

/** What came of a closed loop. */
export interface LoadResult {
  /** Answers with a 2xx status. */
  readonly completed: number
  /** From the first request to the last answer. */
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Sum of the bodies received. */
  readonly bytes: number
  /** Everything that was not a 2xx answer, by status or kind of failure. */
  readonly errors: Readonly<Record<string, number>>
  /** The first of these, in words. */
  readonly firstError: string | undefined
}

/** A connection which fails this often in a row gives up. */
const patience = 5

/** Runs the loop until its time is over or every source is empty. Latencies are those of 2xx answers. */
export async function runClosedLoop(loop: ClosedLoop): Promise<LoadResult> {
  const latencies = numberLog()
  const errors: Record<string, number> = {}
  let firstError: string | undefined
  let completed = 0
  let bytes = 0
  // Signing costs more than sending: sources may make their requests before the time starts.
  const sources = Array.from({ length: loop.connections }, (_, connection) => loop.source(connection))
  const start = performance.now()
  const deadline = start + loop.seconds * 1000
  let last = start

  function countError(kind: string, text: string): void {
    errors[kind] = (errors[kind] ?? 0) + 1
    firstError ??= text
  }

  function drive(next: PayloadSource): Promise<void> {
    return new Promise((resolve) => {
      let sentAt = 0
      let failuresInARow = 0
      const wire = openConnection(loop.address, loop.keepBody, (outcome) => {
        const now = performance.now()
        last = now
        if (outcome instanceof Error) {
          countError(outcome.message.slice(0, 60), outcome.message)
          failuresInARow++
          sendNext('', now)
        } else if (outcome.status >= 300) {
          countError(String(outcome.status), `${outcome.status} ${outcome.body}`)
          sendNext(outcome.body, now)
        } else {
          failuresInARow = 0
          completed++
          bytes += outcome.bytes
          latencies.add(now - sentAt)
          sendNext(outcome.body, now)
        }
      })

      function sendNext(body: string, now: number): void {
        const payload = now < deadline && failuresInARow < patience ? next(body) : undefined
        if (payload) {
          sentAt = now
          wire.send(payload)
        } else {
          wire.close()
          resolve()
        }
      }

      sendNext('', start)
    })
  }

  await Promise.all(sources.map(drive))
  const sorted = latencies.sorted()
  return {
    completed,
    seconds: (last - start) / 1000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
    bytes,
    errors,
    firstError,
  }
}
