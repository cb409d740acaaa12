import { setTimeout as sleep } from 'node:timers/promises'
import { DriverError, type DriverErrorKind } from '../../driver-error.ts'

/** Most tries of a transaction that keeps meeting its neighbours. */
const conflictTries = 12

/**
 * Most tries of a transaction that meets a row with its key. PostgreSQL reports so what would have been a serialization
 * failure, when two transactions have picked the same free number; a second try tells that from a real duplicate.
 */
const uniqueTries = 3

/** After these it is safe to try again, `unknown` only for what is repeatable or carries a batch id. */
const retried: ReadonlySet<DriverErrorKind> = new Set(['conflict', 'unreachable', 'unknown', 'unique'])

/** Whether the server or the way to it failed, so that a commit under way may have happened. */
export function isOutage(error: unknown): boolean {
  return error instanceof DriverError && (error.kind === 'unreachable' || error.kind === 'unknown')
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the tries or the time are spent. Waits a random time in between:
 * up to 2, 4, 8 … 100 ms after a conflict, up to 50, 100 … 1 000 ms while the server cannot be reached.
 *
 * @param forMs how long to go on while the server cannot be reached, in milliseconds
 * @param attempt is told whether the try before was rolled back because of a neighbour
 */
export async function withRetries<T>(forMs: number, attempt: (afterConflict: boolean) => Promise<T>): Promise<T> {
  const giveUp = Date.now() + forMs
  let conflict = false
  for (let number = 1; ; number++) {
    try {
      return await attempt(conflict)
    } catch (error) {
      if (!(error instanceof DriverError) || !retried.has(error.kind)) throw error
      conflict = error.kind === 'conflict' || error.kind === 'unique'
      const pause = Math.random() * (conflict ? Math.min(100, 2 ** number) : Math.min(1_000, 25 * 2 ** number))
      const spent = conflict ? number >= triesOf(error.kind) : Date.now() + pause > giveUp
      if (spent) throw error
      await sleep(pause)
    }
  }
}

function triesOf(kind: DriverErrorKind): number {
  return kind === 'unique' ? uniqueTries : conflictTries
}
