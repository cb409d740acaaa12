import { setTimeout as sleep } from 'node:timers/promises'
import { incorrectState, retryTokenReused } from '../../errors/errors.ts'

interface Running<T> {
  readonly bodyHash: string
  /** Undefined when it failed: then the token is as good as new. */
  readonly done: Promise<T | undefined>
}

/** The requests with retry tokens that this process is answering: a repeat waits for the first instead of racing it. */
export class RunningRequests<T> {
  readonly #running = new Map<string, Running<T>>()
  readonly #waitMs: number

  /** @param waitMs how long a repeat waits */
  constructor(waitMs: number) {
    this.#waitMs = waitMs
  }

  /**
   * Runs `work`, or waits for the request with the same id that is under way and takes its answer.
   *
   * @throws AppError `incorrect-state` when that takes too long; `retry-token-reused` when its body is another one
   */
  async alone(id: string, bodyHash: string, work: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.#waitMs
    for (;;) {
      const other = this.#running.get(id)
      if (other === undefined) break
      if (other.bodyHash !== bodyHash) throw retryTokenReused()
      const answer = await within(deadline - Date.now(), other.done)
      if (answer !== undefined) return answer
    }
    const answer = work()
    const done = answer.catch(() => undefined)
    this.#running.set(id, { bodyHash, done })
    try {
      return await answer
    } finally {
      this.#running.delete(id)
    }
  }
}

async function within<T>(ms: number, done: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = sleep(Math.max(0, ms), 'late' as const, { signal: stop.signal, ref: false })
  late.catch(() => undefined)
  try {
    const first = await Promise.race([done, late])
    if (first === 'late') throw incorrectState('The first request with this retry token is still being answered.')
    return first
  } finally {
    stop.abort()
  }
}
