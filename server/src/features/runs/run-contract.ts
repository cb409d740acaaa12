import { defineEndpoint, get, post } from '../../contract/endpoint.ts'
import { bool, empty, int32, int64, list, message, required, string } from '../../contract/wire.ts'
import { ViewType } from '../experiments/experiment-contract.ts'
import { Run, RunInfo, RunStatus, RunTag } from './run-entity-contract.ts'

export const createRun = defineEndpoint({
  id: 'createExperimentRun',
  summary: 'Create a run in an active experiment.',
  routes: [post('/2.0/mlflow/runs/create')],
  aidp: { operation: 'createExperimentRun', method: 'POST', path: '/2.0/mlflow/runs/create', profile: 'M' },
  permission: 'workspace.write',
  request: message('CreateRun', {
    experiment_id: string('Decimal number; absent means Default, in AIDP alone.'),
    user_id: string(),
    run_name: string('Absent: the tag `mlflow.runName`, else a random name.'),
    start_time: int64('Epoch milliseconds; absent means 0, in AIDP now.'),
    tags: list(RunTag, 'Each key once.'),
  }),
  reply: message('CreateRun.Response', { run: Run }),
})

export const getRun = defineEndpoint({
  id: 'getExperimentRunById',
  summary: 'Read a run with its latest metrics, params, tags, inputs and outputs; deleted ones too.',
  routes: [get('/2.0/mlflow/runs/get')],
  aidp: { operation: 'getExperimentRunById', method: 'GET', path: '/2.0/mlflow/runs/get', profile: 'G' },
  permission: 'workspace.read',
  request: message('GetRun', { run_id: required(string(), 'run_uuid') }),
  reply: message('GetRun.Response', { run: Run }),
})

export const searchRuns = defineEndpoint({
  id: 'listExperimentRuns',
  summary: 'Search runs by metrics, params, tags, attributes and datasets.',
  routes: [post('/2.0/mlflow/runs/search')],
  aidp: { operation: 'listExperimentRuns', method: 'POST', path: '/2.0/mlflow/runs/search', profile: 'L' },
  permission: 'workspace.read',
  request: message('SearchRuns', {
    experiment_ids: list(string(), 'None means no runs; in AIDP all experiments of the workspace.'),
    filter: string("Such as `metrics.accuracy > 0.9 AND params.lr = '0.01'`."),
    run_view_type: ViewType,
    max_results: int32('1 to 50,000; absent means 1,000.'),
    order_by: list(string(), 'Such as `metrics.accuracy DESC`.'),
    page_token: string(),
  }),
  reply: message('SearchRuns.Response', { runs: list(Run), next_page_token: string() }),
})

export const updateRun = defineEndpoint({
  id: 'updateExperimentRun',
  summary: 'Change status, end time or name of an active run.',
  routes: [post('/2.0/mlflow/runs/update')],
  aidp: { operation: 'updateExperimentRun', method: 'POST', path: '/2.0/mlflow/runs/update', profile: 'M' },
  permission: 'workspace.write',
  request: message('UpdateRun', {
    run_id: required(string(), 'run_uuid'),
    status: RunStatus,
    end_time: int64('Epoch milliseconds.'),
    run_name: string('Also written to the tag `mlflow.runName`; empty changes nothing.'),
  }),
  reply: message('UpdateRun.Response', { run_info: RunInfo }),
})

export const deleteRun = defineEndpoint({
  id: 'deleteExperimentRun',
  summary: 'Mark a run deleted (a deleted one stays as it is), or remove it for good with all its data.',
  routes: [post('/2.0/mlflow/runs/delete')],
  aidp: { operation: 'deleteExperimentRun', method: 'POST', path: '/2.0/mlflow/runs/delete', profile: 'M' },
  permission: 'workspace.write',
  request: message('DeleteRun', {
    run_id: required(string()),
    is_permanent: bool('Remove it with all its data and artifacts.'),
  }),
  reply: empty,
})

export const restoreRun = defineEndpoint({
  id: 'restoreExperimentRun',
  summary: 'Bring a deleted run back; an active one stays as it is.',
  routes: [post('/2.0/mlflow/runs/restore')],
  aidp: { operation: 'restoreExperimentRun', method: 'POST', path: '/2.0/mlflow/runs/restore', profile: 'M' },
  permission: 'workspace.write',
  request: message('RestoreRun', { run_id: required(string()) }),
  reply: empty,
})
