import { sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import { numberListText, numberRows } from '../../db/number-list.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Candidates } from './run-candidates.ts'

/** More runs than this are sooner met on the way of an order than fetched one by one and sorted. */
const mostInCommon = 20_000

/**
 * The runs that all comparisons leave, where each leaves many: the index ranges are met as sets, which takes a fraction of the
 * time of looking at the runs of one range one after another.
 *
 * @returns undefined when many are left
 */
export async function intersectionOf(
  db: Reader,
  candidates: readonly Candidates[],
): Promise<Pick<Candidates, 'query'> | undefined> {
  const ranges = sql.join(
    candidates.map(({ query }) => query),
    sql` intersect `,
  )
  const { rows } = await sql<{ run: Int64 }>`select c.run as run from (${ranges}) as c
    limit ${sql.lit(mostInCommon + 1)}`.execute(db)
  if (rows.length > mostInCommon) return undefined
  const list = numberListText(rows.map(({ run }) => run))
  return { query: sql`select n.number as run from ${numberRows(db, list)} as n` }
}
