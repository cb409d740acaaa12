import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import * as contract from './metric-contract.ts'
import { readHistories } from './metric-history.ts'

const runLimit = 100
const pointLimit = 25_000

export const getMetricHistoryBulk = handle(contract.getMetricHistoryBulk, async ({ db, tenant }, request) => {
  const runIds = request.run_id
  if (runIds.length === 0) {
    throw invalidParameter('GetMetricHistoryBulk request must specify at least one run_id.', { field: 'run_id' })
  }
  if (runIds.length > runLimit) {
    throw invalidParameter(
      `GetMetricHistoryBulk request cannot specify more than ${runLimit} run_ids. Received ${runIds.length} run_ids.`,
      { field: 'run_id' },
    )
  }
  const { metric_key: key, max_results = pointLimit } = request
  if (key === undefined) {
    throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.', { field: 'metric_key' })
  }
  if (max_results < 0) {
    throw invalidParameter(
      `Invalid value ${max_results} for parameter 'max_results' supplied. It must not be negative.`,
      { field: 'max_results' },
    )
  }
  const limit = Math.min(Number(max_results), pointLimit)
  const histories = await readHistories(db.read, tenant, [...new Set(runIds)], key, limit)
  return {
    body: {
      metrics: histories.flatMap(({ runId, points }) =>
        Array.from(points.values, (value, i) => ({
          key,
          run_id: runId,
          step: points.steps[i],
          timestamp: points.timestamps[i],
          value,
        })),
      ),
    },
  }
})
