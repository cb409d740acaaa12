import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import type { MetricPoint } from '../../ingest/ingest-record.ts'
import type { Int64 } from '../../lib/int64.ts'
import * as contract from './run-log-contract.ts'
import { checkMetric, clampInfinity } from './run-rules.ts'

export const logMetric = handle(contract.logMetric, async ({ ingest, tenant }, request) => {
  checkMetric(request.key, request.value, request.timestamp)
  const { revision } = await ingest.submit(tenant, {
    kind: 'log',
    runId: request.run_id,
    metrics: [metricPoint(request)],
    params: [],
    tags: [],
    source: 'single',
  })
  return { body: {}, revision }
})

interface MetricFields {
  readonly key: string
  readonly value: number
  readonly timestamp: Int64
  readonly step?: Int64 | undefined
  readonly model_id?: string | undefined
  readonly dataset_name?: string | undefined
  readonly dataset_digest?: string | undefined
}

/**
 * What is written for a metric. A dataset is kept only together with a logged model (MLflow 3.17.0).
 *
 * @throws AppError `invalid-parameter` for a dataset without name or digest
 */
export function metricPoint(fields: MetricFields): MetricPoint {
  const { key, timestamp, step = 0, model_id: modelId, dataset_name: name, dataset_digest: digest } = fields
  if (Boolean(name) !== Boolean(digest)) {
    throw invalidParameter('Both dataset_name and dataset_digest must be provided if one is provided', {
      field: name ? 'dataset_digest' : 'dataset_name',
    })
  }
  const point = { key, value: clampInfinity(fields.value), timestamp, step }
  if (!modelId) return point
  return {
    ...point,
    modelId,
    ...(name && digest ? { datasetName: name, datasetDigest: digest } : {}),
  }
}
