import { ajax, defineEndpoint, get } from '../../contract/endpoint.ts'
import { double, enumeration, int64, list, message, required, string } from '../../contract/wire.ts'

const Metric = message('HistoryMetric', {
  key: string(),
  value: double(),
  timestamp: int64('Epoch milliseconds.'),
  step: int64(),
})

export const getMetricHistory = defineEndpoint({
  id: 'getExperimentRunMetricHistory',
  summary: 'Read every value of a metric of a run, by timestamp, step and value.',
  routes: [get('/2.0/mlflow/metrics/get-history')],
  aidp: {
    operation: 'getExperimentRunMetricHistory',
    method: 'GET',
    path: '/2.0/mlflow/metrics/get-history',
    profile: 'L',
  },
  permission: 'workspace.read',
  request: message('GetMetricHistory', {
    run_id: required(string(), 'run_uuid'),
    metric_key: required(string()),
    page_token: string(),
    max_results: int64('Absent: everything in one answer.'),
  }),
  reply: message('GetMetricHistory.Response', { metrics: list(Metric), next_page_token: string() }),
})

const BulkMetric = message('BulkMetric', {
  key: string(),
  run_id: string(),
  step: int64(),
  timestamp: int64('Epoch milliseconds.'),
  value: double(),
})

export const getMetricHistoryBulk = defineEndpoint({
  id: 'getMetricHistoryBulk',
  summary: 'Read a metric of up to 100 runs, by run id, timestamp, step and value.',
  routes: [ajax(get('/2.0/mlflow/metrics/get-history-bulk'))],
  permission: 'workspace.read',
  request: message('GetMetricHistoryBulk', {
    run_id: list(string(), '1 to 100.'),
    metric_key: string(),
    max_results: int64('Over all runs; at most 25,000, which is the default.'),
  }),
  reply: message('GetMetricHistoryBulk.Response', { metrics: list(BulkMetric) }),
  format: 'compact',
})

const MetricWithRunId = message('MetricWithRunId', {
  key: string(),
  value: double(),
  timestamp: int64('Epoch milliseconds.'),
  step: int64(),
  run_id: string(),
})

export const getMetricHistoryBulkInterval = defineEndpoint({
  id: 'getMetricHistoryBulkInterval',
  summary: 'Read a metric of up to 100 runs, each sampled evenly by rank.',
  routes: [get('/2.0/mlflow/metrics/get-history-bulk-interval')],
  permission: 'workspace.read',
  request: message('GetMetricHistoryBulkInterval', {
    run_ids: required(list(string(), '1 to 100.')),
    metric_key: required(string()),
    start_step: int64('With `end_step`, or neither.'),
    end_step: int64('Included.'),
    max_results: int64('Of each run: 1 to 2,500, which is the default.'),
  }),
  reply: message('GetMetricHistoryBulkInterval.Response', { metrics: list(MetricWithRunId) }),
})

const SeriesPoint = message('MetricSeriesPoint', {
  step: int64(),
  timestamp: int64('Epoch milliseconds.'),
  value: double(),
})

const SeriesBucket = message('MetricSeriesBucket', {
  start: int64('First step or timestamp of the bucket, included.'),
  end: int64('Last step or timestamp of the bucket, included.'),
  count: int64('Points in the bucket, NaN among them; at least one.'),
  nan_count: int64('Points that are NaN.'),
  first: SeriesPoint,
  last: SeriesPoint,
  min: double('Smallest number; absent where every point is NaN.'),
  max: double('Greatest number; absent where every point is NaN.'),
})

export const getMetricSeries = defineEndpoint({
  id: 'getMetricSeries',
  summary: 'Read a metric of up to 100 runs in buckets of equal width, without losing a peak.',
  routes: [get('/2.0/runstead/metrics/series')],
  permission: 'workspace.read',
  request: message('GetMetricSeries', {
    run_ids: required(list(string(), '1 to 100.')),
    metric_key: required(string()),
    by: enumeration('MetricSeriesAxis', { step: 1, timestamp: 2 }),
    start: int64('First step or timestamp, included; absent: where each series starts.'),
    end: int64('Last step or timestamp, included; absent: where each series ends.'),
    buckets: int64('Most buckets of each run: 1 to 2,500; absent: 500.'),
  }),
  reply: message('GetMetricSeries.Response', {
    series: list(message('MetricSeries', { run_id: string(), buckets: list(SeriesBucket) })),
  }),
})
