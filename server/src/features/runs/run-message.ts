import type { Dialect } from '../../contract/endpoint.ts'
import type { Input, Output } from '../../contract/wire.ts'
import type { RunData } from './run-data-store.ts'
import { type DatasetInput, type Run, type RunInfo, RunStatus } from './run-entity-contract.ts'
import type { DatasetInputRow } from './run-inputs-store.ts'
import type { RunLinks } from './run-links-store.ts'
import type { RunRow } from './run-store.ts'

const statusNames = new Map(
  Object.entries(RunStatus.values).map(([name, number]) => [number, name as Input<typeof RunStatus>]),
)

/** The stored number of a status. */
export function statusNumber(name: Input<typeof RunStatus>): number {
  const number = RunStatus.values[name]
  if (number === undefined) throw new Error(`The status ${name} has no number.`)
  return number
}

/** The wire form of a run without what was logged to it. An end time of 0 counts as none (MLflow 3.17.0). */
export function runInfoMessage(row: RunRow, dialect: Dialect): Output<typeof RunInfo> {
  return {
    run_uuid: row.run_id,
    experiment_id: String(row.experiment),
    run_name: row.name,
    user_id: row.user_id,
    status: shownStatus(statusNames.get(row.status) ?? 'RUNNING', dialect),
    start_time: row.start_time,
    end_time: row.end_time || undefined,
    artifact_uri: row.artifact_uri,
    lifecycle_stage: row.deleted ? 'deleted' : 'active',
    run_id: row.run_id,
  }
}

/** The status as a dialect shows it: MLflow has no INTERNAL_ERROR (D37). */
export function shownStatus(status: Input<typeof RunStatus>, dialect: Dialect): Input<typeof RunStatus> {
  return status === 'INTERNAL_ERROR' && dialect === 'mlflow' ? 'FAILED' : status
}

/** The wire form of a run. */
export function runMessage(
  row: RunRow,
  data: RunData,
  links: RunLinks | undefined,
  dialect: Dialect,
): Output<typeof Run> {
  return {
    info: runInfoMessage(row, dialect),
    data,
    inputs:
      links === undefined
        ? {}
        : {
            dataset_inputs: links.datasets.map(datasetInputMessage),
            model_inputs: links.modelInputs.map((model_id) => ({ model_id })),
          },
    outputs: links === undefined ? {} : { model_outputs: links.modelOutputs },
  }
}

function datasetInputMessage({ tags, dataset }: DatasetInputRow): Output<typeof DatasetInput> {
  const { schema, profile, ...known } = dataset
  return { tags, dataset: { ...known, schema: schema ?? undefined, profile: profile ?? undefined } }
}
