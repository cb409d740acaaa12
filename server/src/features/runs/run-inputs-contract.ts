import { defineEndpoint, post } from '../../contract/endpoint.ts'
import { empty, list, message, required, string } from '../../contract/wire.ts'
import { DatasetInput, ModelInput, ModelOutput } from './run-entity-contract.ts'

export const logInputs = defineEndpoint({
  id: 'logExperimentRunInputs',
  summary: 'Record datasets and logged models that an active run has read.',
  routes: [post('/2.0/mlflow/runs/log-inputs')],
  aidp: { operation: 'logExperimentRunInputs', method: 'POST', path: '/2.0/mlflow/runs/log-inputs', profile: 'M' },
  permission: 'workspace.write',
  request: message('LogInputs', {
    run_id: required(string()),
    datasets: list(DatasetInput, 'A dataset is known by name and digest; the first stored description stays.'),
    models: list(ModelInput),
    dataset_inputs: list(DatasetInput, "AIDP's name for `datasets`; both are read."),
  }),
  reply: empty,
})

export const logOutputs = defineEndpoint({
  id: 'logRunOutputs',
  summary: 'Record logged models that an active run has made.',
  routes: [post('/2.0/mlflow/runs/outputs')],
  permission: 'workspace.write',
  request: message('LogOutputs', {
    run_id: required(string()),
    models: required(list(ModelOutput, 'Each model once.')),
  }),
  reply: empty,
})
