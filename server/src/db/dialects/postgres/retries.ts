import { setTimeout as sleep } from 'node:timers/promises'
import { DriverError, type DriverErrorKind } from '../../driver-error.ts'

/** Most tries of a transaction that keeps meeting its neighbours. */
const conflictTries = 12

/** After these it is safe to try again, `unknown` only for what is repeatable or carries a batch id. */
const retried: ReadonlySet<DriverErrorKind> = new Set(['conflict', 'unreachable', 'unknown'])

/** Whether `withRetries` tries again after this error while there are tries and time. */
export function isRetried(error: unknown): error is DriverError {
  return error instanceof DriverError && retried.has(error.kind)
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the tries or the time are spent. Waits a random time in between:
 * up to 2, 4, 8 … 100 ms after a conflict, up to 50, 100 … 1 000 ms while the server cannot be reached.
 *
 * @param forMs how long to go on while the server cannot be reached, in milliseconds
 */
export async function withRetries<T>(forMs: number, attempt: (number: number) => Promise<T>): Promise<T> {
  const giveUp = Date.now() + forMs
  for (let number = 1; ; number++) {
    try {
      return await attempt(number)
    } catch (error) {
      if (!isRetried(error)) throw error
      const conflict = error.kind === 'conflict'
      const pause = Math.random() * (conflict ? Math.min(100, 2 ** number) : Math.min(1_000, 25 * 2 ** number))
      if (conflict ? number >= conflictTries : Date.now() + pause > giveUp) throw error
      await sleep(pause)
    }
  }
}
