import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { type SeriesRange, wholeSeries } from '../../ingest/segment-store.ts'
import type { Int64 } from '../../lib/int64.ts'
import * as contract from './metric-contract.ts'
import { sampleHistories } from './metric-sampling.ts'
import { pointMessages } from './point-messages.ts'

const runLimit = 100
const sampleLimit = 2500
const seeDocs = 'See the API docs for more information about request parameters.'

export const getMetricHistoryBulkInterval = handle(
  contract.getMetricHistoryBulkInterval,
  async ({ db, tenant }, request) => {
    const { run_ids, metric_key: key, start_step, end_step, max_results = sampleLimit } = request
    if (run_ids.length > runLimit) {
      throw invalidParameter(
        `GetMetricHistoryBulkInterval request must specify at most ${runLimit} run_ids. ` +
          `Received ${run_ids.length} run_ids. ${seeDocs}`,
        { field: 'run_ids' },
      )
    }
    if (max_results < 1 || max_results > sampleLimit) {
      throw invalidParameter(`max_results must be between 1 and ${sampleLimit}. ${seeDocs}`, { field: 'max_results' })
    }
    const range = stepRange(start_step, end_step)
    const histories = await sampleHistories(db.read, tenant, run_ids, key, Number(max_results), range)
    const metrics = histories.flatMap(({ runId, points }) => pointMessages(points, { key, run_id: runId }))
    return { body: { metrics } }
  },
)

function stepRange(start: Int64 | undefined, end: Int64 | undefined): SeriesRange {
  if (start === undefined && end === undefined) return wholeSeries
  if (start === undefined || end === undefined) {
    throw invalidParameter('If either start step or end step are specified, both must be specified.')
  }
  if (start > end) {
    throw invalidParameter(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`, {
      field: 'end_step',
    })
  }
  return { axis: 'step', start, end }
}
