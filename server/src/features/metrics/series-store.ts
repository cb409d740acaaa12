import type { Reader } from '../../db/database.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { SeriesId } from '../../ingest/segment-store.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** The series of a metric in the given runs, by run id; a run without the metric, or unknown, may be absent. */
export async function findSeries(
  db: Reader,
  tenant: Tenant,
  runIds: readonly string[],
  metric: string,
): Promise<Map<string, SeriesId>> {
  const numbers = runIds.map(runNumber).filter((number) => number !== undefined)
  if (numbers.length === 0) return new Map()
  const rows = await db
    .selectFrom('runs as r')
    .innerJoin('keys as k', (join) =>
      join
        .onRef('k.tenant', '=', 'r.tenant')
        .onRef('k.experiment', '=', 'r.experiment')
        .on('k.kind', '=', keyKind.metric)
        .on('k.name', '=', metric),
    )
    .select(['r.run_id', 'r.run', 'k.key'])
    .where('r.tenant', '=', tenant)
    .where('r.run', 'in', numbers)
    .where('r.run_id', 'in', runIds)
    .execute()
  return new Map(rows.map(({ run_id, run, key }) => [run_id, { run, key }]))
}
