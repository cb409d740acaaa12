import type { Input, Output } from '../../contract/wire.ts'
import { type LoggedModel, LoggedModelStatus } from './logged-model-contract.ts'
import type { ModelDetails } from './logged-model-details.ts'
import type { LoggedModelRow } from './logged-model-store.ts'

type StatusName = Input<typeof LoggedModelStatus>

const statusNames = new Map(
  Object.entries(LoggedModelStatus.values).map(([name, number]) => [number, name as StatusName]),
)

/** MLflow's number of a status. */
export function statusNumber(name: StatusName): number {
  return LoggedModelStatus.values[name] as number
}

/** The wire form of a logged model. */
export function loggedModelMessage(row: LoggedModelRow, details: ModelDetails): Output<typeof LoggedModel> {
  return {
    info: {
      model_id: row.model_id,
      experiment_id: String(row.experiment),
      name: row.name,
      creation_timestamp_ms: row.created,
      last_updated_timestamp_ms: row.updated,
      artifact_uri: row.artifact_location,
      status: statusNames.get(row.status),
      model_type: row.model_type,
      source_run_id: row.source_run_id,
      tags: details.tags,
    },
    data: {
      params: details.params,
      metrics: details.metrics.map((metric) => ({
        key: metric.key,
        value: metric.value ?? Number.NaN,
        timestamp: metric.timestamp,
        step: metric.step,
        dataset_name: metric.dataset_name ?? undefined,
        dataset_digest: metric.dataset_digest ?? undefined,
        model_id: row.model_id,
        run_id: metric.run_id,
      })),
    },
  }
}
