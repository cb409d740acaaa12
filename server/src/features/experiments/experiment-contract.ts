import { defineEndpoint, get, post } from '../../contract/endpoint.ts'
import { bool, empty, enumeration, int64, list, message, required, string } from '../../contract/wire.ts'

/** Which life-cycle stages a search covers. */
export const ViewType = enumeration('ViewType', { ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 })

const ExperimentTag = message('ExperimentTag', { key: string(), value: string() })

export const Experiment = message('Experiment', {
  experiment_id: string('Decimal number, unique in the workspace.'),
  name: string(),
  artifact_location: string('URI below which the artifacts of new runs lie.'),
  lifecycle_stage: string('`active` or `deleted`.'),
  last_update_time: int64('Epoch milliseconds.'),
  creation_time: int64('Epoch milliseconds.'),
  tags: list(ExperimentTag),
  workspace: string('Name of the workspace.'),
})

const experimentId = required(string('Decimal number.'))

export const createExperiment = defineEndpoint({
  id: 'createExperiment',
  summary: 'Create an experiment.',
  routes: [post('/2.0/mlflow/experiments/create')],
  aidp: { operation: 'createExperiment', method: 'POST', path: '/2.0/mlflow/experiments/create', profile: 'M' },
  permission: 'workspace.write',
  request: message('CreateExperiment', {
    name: required(string('At most 500 characters, unique in the workspace.')),
    artifact_location: string('Absent: a folder of the default artifact store.'),
    tags: list(ExperimentTag),
  }),
  reply: message('CreateExperiment.Response', { experiment_id: string() }),
})

export const getExperiment = defineEndpoint({
  id: 'getExperimentById',
  summary: 'Read an experiment; deleted ones too.',
  routes: [get('/2.0/mlflow/experiments/get')],
  aidp: { operation: 'getExperimentById', method: 'GET', path: '/2.0/mlflow/experiments/get', profile: 'G' },
  permission: 'workspace.read',
  request: message('GetExperiment', { experiment_id: experimentId }),
  reply: message('GetExperiment.Response', { experiment: Experiment }),
})

export const getExperimentByName = defineEndpoint({
  id: 'getExperimentByName',
  summary: 'Read the experiment of a name; deleted ones too.',
  routes: [get('/2.0/mlflow/experiments/get-by-name')],
  aidp: { operation: 'getExperimentByName', method: 'GET', path: '/2.0/mlflow/experiments/get-by-name', profile: 'G' },
  permission: 'workspace.read',
  request: message('GetExperimentByName', { experiment_name: required(string()) }),
  reply: message('GetExperimentByName.Response', { experiment: Experiment }),
})

export const searchExperiments = defineEndpoint({
  id: 'listExperiments',
  summary: 'Search experiments by name, times and tags.',
  routes: [post('/2.0/mlflow/experiments/search'), get('/2.0/mlflow/experiments/search')],
  aidp: { operation: 'listExperiments', method: 'POST', path: '/2.0/mlflow/experiments/search', profile: 'L' },
  permission: 'workspace.read',
  request: message('SearchExperiments', {
    max_results: int64('1 to 50,000.'),
    page_token: string(),
    filter: string("Such as `name LIKE 'fraud%' AND tags.team = 'risk'`."),
    order_by: list(string()),
    view_type: ViewType,
  }),
  reply: message('SearchExperiments.Response', { experiments: list(Experiment), next_page_token: string() }),
})

export const updateExperiment = defineEndpoint({
  id: 'updateExperiment',
  summary: 'Rename an experiment.',
  routes: [post('/2.0/mlflow/experiments/update')],
  aidp: { operation: 'updateExperiment', method: 'POST', path: '/2.0/mlflow/experiments/update', profile: 'M' },
  permission: 'workspace.write',
  request: message('UpdateExperiment', {
    experiment_id: experimentId,
    new_name: string('At most 500 characters, unique in the workspace.'),
  }),
  reply: empty,
})

export const deleteExperiment = defineEndpoint({
  id: 'deleteExperiment',
  summary: 'Mark an experiment and all its runs deleted, or remove an experiment without runs for good.',
  routes: [post('/2.0/mlflow/experiments/delete')],
  aidp: { operation: 'deleteExperiment', method: 'POST', path: '/2.0/mlflow/experiments/delete', profile: 'M' },
  permission: 'workspace.write',
  request: message('DeleteExperiment', {
    experiment_id: experimentId,
    is_permanent: bool('Remove it for good; refused while it has any run, also a deleted one.'),
  }),
  reply: empty,
})

export const restoreExperiment = defineEndpoint({
  id: 'restoreExperiment',
  summary: 'Bring a deleted experiment and all its runs back.',
  routes: [post('/2.0/mlflow/experiments/restore')],
  aidp: { operation: 'restoreExperiment', method: 'POST', path: '/2.0/mlflow/experiments/restore', profile: 'M' },
  permission: 'workspace.write',
  request: message('RestoreExperiment', { experiment_id: experimentId }),
  reply: empty,
})

export const setExperimentTag = defineEndpoint({
  id: 'setExperimentTag',
  summary: 'Set a tag of an experiment.',
  routes: [post('/2.0/mlflow/experiments/set-experiment-tag')],
  aidp: {
    operation: 'setExperimentTag',
    method: 'POST',
    path: '/2.0/mlflow/experiments/set-experiment-tag',
    profile: 'M',
  },
  permission: 'workspace.write',
  request: message('SetExperimentTag', {
    experiment_id: experimentId,
    key: required(string('At most 250 characters.')),
    value: string('At most 20,000 characters.'),
  }),
  reply: empty,
})

export const deleteExperimentTag = defineEndpoint({
  id: 'deleteExperimentTag',
  summary: 'Remove a tag of an experiment.',
  routes: [post('/2.0/mlflow/experiments/delete-experiment-tag')],
  aidp: {
    operation: 'deleteExperimentTag',
    method: 'POST',
    path: '/2.0/mlflow/experiments/delete-experiment-tag',
    profile: 'M',
  },
  permission: 'workspace.write',
  request: message('DeleteExperimentTag', { experiment_id: experimentId, key: required(string()) }),
  reply: empty,
})

export const updateExperimentTags = defineEndpoint({
  id: 'updateExperimentTags',
  summary: 'Set and remove tags of an experiment: all of them or none.',
  routes: [post('/2.0/mlflow/internal/experiments/update-experiment-tags')],
  aidp: {
    operation: 'updateExperimentTags',
    method: 'POST',
    path: '/2.0/mlflow/internal/experiments/update-experiment-tags',
    profile: 'M',
  },
  permission: 'workspace.write',
  request: message('UpdateExperimentTags', {
    experiment_id: experimentId,
    set_tags: list(ExperimentTag, 'Each key once, and not among those to remove.'),
    delete_tags: list(message('ExperimentTagKey', { key: string() }), 'Keys that are not there do no harm.'),
  }),
  reply: empty,
})
