import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { requireRun } from '../runs/run-store.ts'
import { historyToken, placeOfToken } from './history-token.ts'
import * as contract from './metric-contract.ts'
import { readHistory } from './metric-history.ts'
import { pointMessages } from './point-messages.ts'
import { findSeries } from './series-store.ts'

export const getMetricHistory = handle(contract.getMetricHistory, async ({ db, dialect, tenant }, request) => {
  const { run_id, metric_key, max_results } = request
  if (max_results !== undefined && max_results <= 0) {
    throw invalidParameter(
      `Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer.`,
      { field: 'max_results' },
    )
  }
  const history = { runId: run_id, metric: metric_key }
  const after = request.page_token ? placeOfToken(request.page_token, history) : undefined
  if (dialect === 'aidp') await requireRun(db.lookup, tenant, run_id)
  const found = await findSeries(db.read, tenant, [run_id], metric_key)
  const series = found.get(run_id)
  if (series === undefined) return { body: {} }
  const limit = max_results === undefined ? undefined : Number(max_results)
  const { points, next } = await readHistory({ db: db.read, tenant, series }, after, limit)
  const metrics = pointMessages(points, { key: metric_key })
  return { body: next === undefined ? { metrics } : { metrics, next_page_token: historyToken(next, history) } }
})
