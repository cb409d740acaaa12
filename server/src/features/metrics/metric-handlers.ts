import type { Handler } from '../../context/context.ts'
import { getMetricHistory } from './get-metric-history.ts'
import { getMetricHistoryBulk } from './get-metric-history-bulk.ts'
import { getMetricHistoryBulkInterval } from './get-metric-history-bulk-interval.ts'
import { getMetricSeries } from './get-metric-series.ts'

export const metricHandlers: readonly Handler[] = [
  getMetricHistory,
  getMetricHistoryBulk,
  getMetricHistoryBulkInterval,
  getMetricSeries,
]
