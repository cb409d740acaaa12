import { double, enumeration, int64, list, message, string } from '../../contract/wire.ts'

/** INTERNAL_ERROR is AIDP's alone: MLflow's dialect neither takes nor shows it (D37). */
export const RunStatus = enumeration('RunStatus', {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
  INTERNAL_ERROR: 6,
})

export const RunTag = message('RunTag', { key: string(), value: string() })

const Param = message('Param', { key: string(), value: string() })

const Metric = message('Metric', {
  key: string(),
  value: double(),
  timestamp: int64('Epoch milliseconds.'),
  step: int64(),
})

export const RunInfo = message('RunInfo', {
  run_uuid: string('The same as `run_id`.'),
  experiment_id: string(),
  run_name: string(),
  user_id: string(),
  status: RunStatus,
  start_time: int64('Epoch milliseconds.'),
  end_time: int64('Epoch milliseconds; absent while unknown.'),
  artifact_uri: string('URI below which the artifacts of the run lie.'),
  lifecycle_stage: string('`active` or `deleted`.'),
  run_id: string('32 hex digits.'),
})

const RunData = message('RunData', {
  metrics: list(Metric, 'The latest value of each key: greatest step, then timestamp, then value.'),
  params: list(Param),
  tags: list(RunTag),
})

const InputTag = message('InputTag', { key: string(), value: string() })

const Dataset = message('Dataset', {
  name: string('At most 500 characters.'),
  digest: string('At most 36 characters.'),
  source_type: string(),
  source: string('At most 65,535 characters.'),
  schema: string('At most 1,048,575 characters.'),
  profile: string('At most 16,777,215 characters.'),
})

export const DatasetInput = message('DatasetInput', { tags: list(InputTag), dataset: Dataset })

export const ModelInput = message('ModelInput', { model_id: string() })

export const ModelOutput = message('ModelOutput', { model_id: string(), step: int64() })

export const Run = message('Run', {
  info: RunInfo,
  data: RunData,
  inputs: message('RunInputs', { dataset_inputs: list(DatasetInput), model_inputs: list(ModelInput) }),
  outputs: message('RunOutputs', { model_outputs: list(ModelOutput) }),
})
