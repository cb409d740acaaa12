import type { Reader } from '../../db/database.ts'
import { comparePoints, intColumn, type PointColumns, setInt } from '../../ingest/point-columns.ts'
import { type SeriesRange, type SeriesSource, wholeSeries } from '../../ingest/segment-store.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Pacer } from '../../lib/pacer.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { pointsOf, readingSeries } from './metric-points.ts'
import { sampledRanks } from './sampling-rules.ts'
import { findSeries } from './series-store.ts'
import { readUnits, type SeriesUnit } from './series-units.ts'

/**
 * One metric of several runs, in a range of steps, each sampled to at most `samples` points as MLflow's `metrics/get-history-bulk-interval` does.
 *
 * @returns in the order of `runIds`, a repeated id repeated; runs without the metric are left out
 */
export async function sampleHistories(
  db: Reader,
  tenant: Tenant,
  runIds: readonly string[],
  metric: string,
  samples: number,
  range: SeriesRange = wholeSeries,
): Promise<{ readonly runId: string; readonly points: PointColumns }[]> {
  const found = await findSeries(db, tenant, [...new Set(runIds)], metric)
  const sampled = new Map<string, PointColumns>()
  await Promise.all(
    Array.from(found, async ([runId, series]) => {
      sampled.set(runId, await sampleSeries({ db, tenant, series }, samples, range))
    }),
  )
  return runIds.flatMap((runId) => {
    const points = sampled.get(runId)
    return points === undefined || points.length === 0 ? [] : [{ runId, points }]
  })
}

/** The points of one series by (step, timestamp, value), sampled by rank to at most `samples`. */
export async function sampleSeries(
  source: SeriesSource,
  samples: number,
  range: SeriesRange = wholeSeries,
): Promise<PointColumns> {
  return readingSeries(async (pacer) => {
    const units = await readUnits(source, range, pacer)
    const count = units.reduce((sum, unit) => sum + unit.count, 0)
    return pickRanks(source, units, sampledRanks(count, samples), pacer)
  })
}

async function pickRanks(
  source: SeriesSource,
  units: readonly SeriesUnit[],
  ranks: readonly number[],
  pacer: Pacer,
): Promise<PointColumns> {
  const picks = picksOf(units, ranks)
  const chunks = picks.flatMap(({ unit }) => unit.segment ?? [])
  const decoded = await pointsOf(source, chunks, comparePoints, pacer)
  const steps: Int64[] = []
  const timestamps: Int64[] = []
  const values = new Float64Array(ranks.length)
  // The chunks lie one behind the other in `decoded`, as they do not overlap.
  let decodedTo = 0
  for (const { unit, ranks } of picks) {
    const points = unit.points ?? decoded
    const offset = unit.points ? 0 : decodedTo
    for (const rank of ranks) {
      values[steps.length] = points.values[offset + rank]!
      steps.push(points.steps[offset + rank]!)
      timestamps.push(points.timestamps[offset + rank]!)
    }
    if (!unit.points) decodedTo += unit.count
  }
  return { length: ranks.length, steps: columnOf(steps), timestamps: columnOf(timestamps), values }
}

interface Pick {
  readonly unit: SeriesUnit
  /** Within the unit. */
  readonly ranks: number[]
}

function picksOf(units: readonly SeriesUnit[], ranks: readonly number[]): Pick[] {
  const picks: Pick[] = []
  let before = 0
  let next = 0
  for (const unit of units) {
    const ofUnit: number[] = []
    for (; next < ranks.length && ranks[next]! < before + unit.count; next++) ofUnit.push(ranks[next]! - before)
    if (ofUnit.length > 0) picks.push({ unit, ranks: ofUnit })
    before += unit.count
  }
  return picks
}

function columnOf(integers: readonly Int64[]): PointColumns['steps'] {
  let low: Int64 = 0
  let high: Int64 = 0
  for (const integer of integers) {
    if (integer < low) low = integer
    if (integer > high) high = integer
  }
  const column = intColumn(integers.length, low, high)
  for (const [i, integer] of integers.entries()) setInt(column, i, integer)
  return column
}
