import { sql } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import { ShortMemory } from '../../lib/short-memory.ts'
import type { Tenant } from '../../lib/tenant.ts'

const goodForMs = 30_000
const most = 1_000_000
const rememberedExperiments = 1000

const estimates = new WeakMap<Database, ShortMemory<number>>()

/** About how many runs an experiment has: counted, and then believed for half a minute. */
export async function estimateRunCount(db: Database, tenant: Tenant, experiment: Int64, now: number): Promise<number> {
  const known = estimates.get(db) ?? new ShortMemory(goodForMs, rememberedExperiments)
  estimates.set(db, known)
  const id = `${tenant}/${experiment}`
  const remembered = known.get(id, now)
  if (remembered !== undefined) return remembered
  const { rows } = await sql<{ n: number }>`select count(*) as n from (select 1 from runs as r
    where r.tenant = ${tenant} and r.experiment = ${experiment} limit ${sql.lit(most)}) as c`.execute(db.read)
  const count = Number(rows[0]?.n ?? 0)
  known.set(id, count, now)
  return count
}
