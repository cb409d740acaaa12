import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { bucketSeries, type SeriesBucket } from './metric-buckets.ts'
import * as contract from './metric-contract.ts'
import { findSeries } from './series-store.ts'

const runLimit = 100
const bucketLimit = 2500
const defaultBuckets = 500

/** Runstead's own: MLflow's samples drop what lies between them, these buckets do not. */
export const getMetricSeries = handle(contract.getMetricSeries, async ({ db, tenant }, request) => {
  const { run_ids, metric_key, by = 'step', start, end, buckets = defaultBuckets } = request
  if (run_ids.length > runLimit) {
    throw invalidParameter(`At most ${runLimit} run_ids can be given, not ${run_ids.length}.`, { field: 'run_ids' })
  }
  if (buckets < 1 || buckets > bucketLimit) {
    throw invalidParameter(`buckets must be between 1 and ${bucketLimit}, not ${buckets}.`, { field: 'buckets' })
  }
  if (start !== undefined && end !== undefined && start > end) {
    throw invalidParameter(`end must not be less than start. Found start=${start} and end=${end}.`, { field: 'end' })
  }
  const runIds = [...new Set(run_ids)]
  const found = await findSeries(db.read, tenant, runIds, metric_key)
  const range = { axis: by === 'step' ? 'step' : 'time', start, end } as const
  const series = await Promise.all(
    runIds.map(async (run_id) => {
      const id = found.get(run_id)
      const source = id && { db: db.read, tenant, series: id }
      const filled = source === undefined ? [] : await bucketSeries(source, Number(buckets), range)
      return { run_id, buckets: filled.map(bucketMessage) }
    }),
  )
  return { body: { series: series.filter((one) => one.buckets.length > 0) } }
})

function bucketMessage({ from, to, count, nanCount, first, last, min, max }: SeriesBucket) {
  return {
    start: from,
    end: to,
    count,
    nan_count: nanCount,
    first,
    last,
    min: min ?? undefined,
    max: max ?? undefined,
  }
}
