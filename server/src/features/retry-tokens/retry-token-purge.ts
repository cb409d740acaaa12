import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../db/database.ts'
import { platformOf, tenantOf } from '../../lib/tenant.ts'
import { type Owner, removeExpired } from './retry-token-store.ts'

export interface RetryTokenPurgeOptions {
  /** Wait between looks, ms. Default 60,000. */
  readonly intervalMs?: number
  /** Most rows of one transaction. Default 500. */
  readonly rowsPerStep?: number
  /** Told about a look that failed; the next one tries again. */
  readonly onError?: (error: unknown) => void
  /** Epoch ms. */
  readonly now?: () => number
}

/** Removes expired retry tokens in the background until disposed. */
export interface RetryTokenPurge extends AsyncDisposable {
  /** Removes what has expired by now; for tests. */
  runOnce(): Promise<void>
}

/** Every server may run one: a token that is gone already is removed by nobody. */
export function startRetryTokenPurge(db: Database, options: RetryTokenPurgeOptions = {}): RetryTokenPurge {
  const { intervalMs = 60_000, rowsPerStep = 500, onError, now = Date.now } = options
  const stop = new AbortController()
  const look = async (): Promise<void> => {
    for (const owner of await owners(db)) {
      while (!stop.signal.aborted && (await removeExpired(db, owner, now(), rowsPerStep))) {
        await rested(20, stop.signal)
      }
    }
  }
  const loop = async (): Promise<void> => {
    while (await rested(intervalMs, stop.signal)) await look().catch((error: unknown) => onError?.(error))
  }
  const running = loop()
  return {
    runOnce: look,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

async function owners(db: Database): Promise<Owner[]> {
  const rows = await db.lookup.selectFrom('workspaces').select(['tenant', 'platform']).execute()
  const numbers = new Map<number, Owner>()
  for (const { tenant, platform } of rows) {
    numbers.set(tenant, tenantOf(tenant))
    numbers.set(platform, platformOf(platform))
  }
  return [...numbers.values()]
}

/** Waits; false when the job is to stop. */
async function rested(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false })
    return true
  } catch {
    return false
  }
}
