import { sql } from 'kysely'
import type { Database, Tx } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'

/** Rows removed in one transaction. */
const rowsAtOnce = 1_000

const belongings = [
  ['model_version_tags', ['version', 'key']],
  ['model_versions', ['version']],
  ['registered_model_tags', ['key']],
  ['model_aliases', ['alias']],
] as const

/**
 * Removes what deleted models have left behind, in small transactions. Nobody sees these rows any more; after a crash the
 * work list still has the model, and the next call goes on.
 *
 * @param signal stops between two transactions
 */
export async function purgeDeletedModels(database: Database, platform: Platform, signal: AbortSignal): Promise<void> {
  const due = await database.lookup
    .selectFrom('registry_purges')
    .select('model')
    .where('tenant', '=', platform)
    .orderBy('model')
    .limit(100)
    .execute()
  for (const { model } of due) {
    let finished = false
    while (!finished && !signal.aborted) {
      finished = await database.write(platform, (tx) => purgeSome(tx, platform, model))
    }
  }
}

/** @returns whether nothing is left of the model */
async function purgeSome(tx: Tx, platform: Platform, model: Int64): Promise<boolean> {
  for (const [table, key] of belongings) {
    const columns = sql.join(key.map((column) => sql.ref(column)))
    const { rows } = await sql`delete from ${sql.table(table)} where tenant = ${platform} and model = ${model}
      and (${columns}) in (select ${columns} from ${sql.table(table)}
        where tenant = ${platform} and model = ${model} limit ${sql.lit(rowsAtOnce)}) returning 1 as removed`.execute(
      tx,
    )
    if (rows.length > 0) return false
  }
  await tx.deleteFrom('registry_purges').where('tenant', '=', platform).where('model', '=', model).execute()
  return true
}
