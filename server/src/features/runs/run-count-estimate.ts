import { sql } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

const goodForMs = 30_000
const most = 1_000_000
const rememberedExperiments = 1000

const estimates = new WeakMap<Database, Map<string, { readonly count: number; readonly until: number }>>()

/** About how many runs an experiment has: counted, and then believed for half a minute. */
export async function estimateRunCount(db: Database, tenant: Tenant, experiment: Int64, now: number): Promise<number> {
  let known = estimates.get(db)
  if (known === undefined) {
    known = new Map()
    estimates.set(db, known)
  }
  const id = `${tenant}/${experiment}`
  const remembered = known.get(id)
  if (remembered !== undefined && remembered.until > now) return remembered.count
  const { rows } = await sql<{ n: number }>`select count(*) as n from (select 1 from runs as r
    where r.tenant = ${tenant} and r.experiment = ${experiment} limit ${sql.lit(most)}) as c`.execute(db.read)
  const count = Number(rows[0]?.n ?? 0)
  if (known.size >= rememberedExperiments) known.clear()
  known.set(id, { count, until: now + goodForMs })
  return count
}
