import { setTimeout as sleep } from 'node:timers/promises'

export interface RepeatingJobOptions {
  /** Wait between two looks, ms. */
  readonly intervalMs: number
  /** Does what is due; stops early when told. */
  readonly look: (signal: AbortSignal) => Promise<void>
  /** Told about a look that failed; the next one tries again. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Background work of this process, until disposed; disposing waits for the look that is under way. */
export interface RepeatingJob extends AsyncDisposable {
  /** Does what is due at the moment, beside the regular looks; for tests. */
  runOnce(): Promise<void>
}

/** Starts a job that looks for work again and again, the first time after one interval. */
export function startRepeatingJob({ intervalMs, look, onError }: RepeatingJobOptions): RepeatingJob {
  const stop = new AbortController()
  const loop = async (): Promise<void> => {
    while (await rested(intervalMs, stop.signal)) await look(stop.signal).catch((error: unknown) => onError?.(error))
  }
  const running = loop()
  return {
    runOnce: () => look(stop.signal),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

/** Waits; false when the job is to stop. */
export async function rested(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false })
    return true
  } catch {
    return false
  }
}
