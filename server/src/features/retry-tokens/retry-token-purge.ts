import type { Database } from '../../db/database.ts'
import { type RepeatingJob, rested, startRepeatingJob } from '../../lib/repeating-job.ts'
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

/** Starts removing expired retry tokens. Every server may run one: a token that is gone already is removed by nobody. */
export function startRetryTokenPurge(db: Database, options: RetryTokenPurgeOptions = {}): RepeatingJob {
  const { intervalMs = 60_000, rowsPerStep = 500, onError, now = Date.now } = options
  return startRepeatingJob({
    intervalMs,
    onError,
    look: async (signal) => {
      for (const owner of await owners(db)) {
        while (!signal.aborted && (await removeExpired(db, owner, now(), rowsPerStep))) await rested(20, signal)
      }
    },
  })
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
