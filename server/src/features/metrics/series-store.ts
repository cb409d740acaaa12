import type { Reader } from '../../db/database.ts'
import { type NumberListText, numberListText, numberRows } from '../../db/number-list.ts'
import { prepared } from '../../db/prepared.ts'
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
  const wanted = new Set(runIds)
  const rows = await seriesOfRuns(db, { tenant, runs: numberListText(numbers), metric })
  return new Map(rows.flatMap(({ run_id, run, key }) => (wanted.has(run_id) ? [[run_id, { run, key }] as const] : [])))
}

const seriesOfRuns = prepared((db, p: { tenant: Tenant; runs: NumberListText; metric: string }) =>
  db
    .selectFrom(numberRows(db, p.runs).as('wanted'))
    .crossJoin('runs as r')
    .where('r.tenant', '=', p.tenant)
    .whereRef('r.run', '=', 'wanted.number')
    .crossJoin('keys as k')
    .where('k.tenant', '=', p.tenant)
    .whereRef('k.experiment', '=', 'r.experiment')
    .where('k.kind', '=', keyKind.metric)
    .where('k.name', '=', p.metric)
    .select(['r.run_id', 'r.run', 'k.key']),
)
