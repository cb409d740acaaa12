import type { AppError } from '../errors/app-error.ts'
import { badRequest } from '../errors/errors.ts'
import type { GroupDraft } from './group-draft.ts'
import { modelMetricIdentity, type StoredModelMetric } from './group-state.ts'
import type { ModelMetricWrite } from './group-writes.ts'
import type { LogToRun } from './ingest-record.ts'

const none: ReadonlyMap<string, ModelMetricWrite> = new Map()

/**
 * The metrics of a record that are to be stored with a logged model as well, by identity. An exact repeat is dropped; the
 * same point with another value, or an unknown model, refuses the record (MLflow: BAD_REQUEST, from the database).
 */
export function modelMetricsOf(draft: GroupDraft, record: LogToRun): ReadonlyMap<string, ModelMetricWrite> | AppError {
  if (!record.metrics.some((metric) => metric.modelId !== undefined)) return none
  const added = new Map<string, ModelMetricWrite>()
  for (const metric of record.metrics) {
    const { key, timestamp, step, modelId } = metric
    if (modelId === undefined) continue
    const model = draft.state.models.get(modelId)
    if (model === undefined) return badRequest(`Logged model with ID '${modelId}' not found.`)
    const write = {
      ...model,
      key,
      timestamp,
      step,
      runId: record.runId,
      value: metric.value + 0,
      datasetName: metric.datasetName ?? null,
      datasetDigest: metric.datasetDigest ?? null,
    }
    const identity = modelMetricIdentity(modelId, key, timestamp, step, record.runId)
    const known = added.get(identity) ?? draft.modelMetrics.get(identity) ?? draft.state.modelMetrics.get(identity)
    if (known === undefined) added.set(identity, write)
    else if (!isRepeat(known, write)) {
      return badRequest(
        `Metric '${key}' of logged model '${modelId}' was already logged with another value at timestamp=${timestamp},` +
          ` step=${step} for run ID='${record.runId}'.`,
      )
    }
  }
  return added
}

function isRepeat(known: StoredModelMetric, write: StoredModelMetric): boolean {
  return (
    Object.is(known.value, write.value) &&
    known.datasetName === write.datasetName &&
    known.datasetDigest === write.datasetDigest
  )
}
