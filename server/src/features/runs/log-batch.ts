import { handle } from '../../context/context.ts'
import { checkBatchSize, checkParamsDistinct } from './batch-rules.ts'
import { metricPoint } from './log-metric.ts'
import * as contract from './run-log-contract.ts'
import { checkMetric, checkParam, checkRunIdForm, checkTag } from './run-rules.ts'

/** Checks in MLflow's order: run id, metrics, params, tags, limits, repeated params; then the run itself. */
export const logBatch = handle(contract.logBatch, async ({ ingest, tenant }, request) => {
  checkRunIdForm(request.run_id)
  const metrics = request.metrics.map((metric, index) => {
    checkMetric(metric.key, metric.value, metric.timestamp, index)
    return metricPoint(metric)
  })
  const params = request.params.map(({ key, value }, index) => checkParam(key, value, `params[${index}].`))
  const tags = request.tags.map(({ key, value }, index) => checkTag(key, value, `tags[${index}].`))
  checkBatchSize(metrics.length, params.length, tags.length)
  checkParamsDistinct(params)
  const { revision } = await ingest.submit(tenant, {
    kind: 'log',
    runId: request.run_id,
    metrics,
    params,
    tags,
    source: 'batch',
  })
  return { body: {}, revision }
})
