import type { Database } from '../db/database.ts'
import type { Tenant } from '../lib/tenant.ts'
import { batchIdBound } from './batch-id.ts'

/** How long a batch id is remembered, ms: far longer than any retry goes on. */
const rememberedMs = 10 * 60_000

const rowsPerTransaction = 1000

/** Forgets the ids of groups that nobody will try again. */
export async function purgeBatches(database: Database, tenant: Tenant, now: number): Promise<void> {
  const bound = batchIdBound(now - rememberedMs)
  for (;;) {
    const ids = await database.lookup
      .selectFrom('ingest_batches')
      .select('batch_id')
      .where('tenant', '=', tenant)
      .where('batch_id', '<', bound)
      .where('at', '<', now - rememberedMs)
      .orderBy('batch_id')
      .limit(rowsPerTransaction)
      .execute()
    const [first, last] = [ids[0], ids.at(-1)]
    if (first === undefined || last === undefined) return
    await database.write(tenant, (tx) =>
      tx
        .deleteFrom('ingest_batches')
        .where('tenant', '=', tenant)
        .where('batch_id', '>=', first.batch_id)
        .where('batch_id', '<=', last.batch_id)
        .where('at', '<', now - rememberedMs)
        .execute(),
    )
    if (ids.length < rowsPerTransaction) return
  }
}
