import type { Database } from '../db/database.ts'
import { type RepeatingJob, rested, startRepeatingJob } from '../lib/repeating-job.ts'
import { type Tenant, tenantOf } from '../lib/tenant.ts'
import { purgeBatches } from './batch-purge.ts'
import { mergeSeries } from './merge-series.ts'
import type { SeriesId } from './segment-store.ts'

export interface MergeJobOptions {
  /** Wait between looks at the work lists, ms. Default 1,000. */
  readonly intervalMs?: number
  /** Rest after each transaction, ms: ingest has the writer in between. Default 20. */
  readonly restMs?: number
  /** Told about a look that failed; the next one tries again. */
  readonly onError?: (error: unknown) => void
  /** Epoch ms. */
  readonly now?: () => number
}

/** Series merged in one transaction. */
const seriesPerRound = 16

/** Series read from a work list at a time. */
const listedSeries = 256

/**
 * Starts the merge job of this process. Several processes may run one each: a merge that comes second finds its segments
 * gone and does nothing, and each works in its own order, so that this is rare.
 */
export function startMergeJob(database: Database, options: MergeJobOptions = {}): RepeatingJob {
  const { intervalMs = 1000, restMs = 20, onError, now = Date.now } = options
  return startRepeatingJob({
    intervalMs,
    onError,
    look: async (signal) => {
      for (const tenant of await tenants(database)) {
        await workOff(database, tenant, restMs, now, signal)
        if (!signal.aborted) await purgeBatches(database, tenant, now())
      }
    },
  })
}

async function workOff(
  database: Database,
  tenant: Tenant,
  restMs: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const series = shuffled(await dueSeries(database, tenant))
    let merged = 0
    for (let from = 0; from < series.length; from += seriesPerRound) {
      if (signal.aborted) return
      const round = series.slice(from, from + seriesPerRound)
      if (await mergeSeries(database, tenant, round, now())) merged += round.length
      if (!(await rested(restMs, signal))) return
    }
    if (merged === 0 || series.length < listedSeries) return
  }
}

async function dueSeries(database: Database, tenant: Tenant): Promise<SeriesId[]> {
  return database.lookup
    .selectFrom('series_todo')
    .select(['run', 'key'])
    .where('tenant', '=', tenant)
    .limit(listedSeries)
    .execute()
}

async function tenants(database: Database): Promise<Tenant[]> {
  const rows = await database.lookup.selectFrom('workspaces').select('tenant').execute()
  return rows.map(({ tenant }) => tenantOf(tenant))
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
