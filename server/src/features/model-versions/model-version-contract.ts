import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, double, empty, enumeration, int64, list, message, required, string } from '../../contract/wire.ts'

const ModelVersionStatus = enumeration('ModelVersionStatus', {
  PENDING_REGISTRATION: 1,
  FAILED_REGISTRATION: 2,
  READY: 3,
})

export const ModelVersionTag = message('ModelVersionTag', {
  key: string('At most 250 characters.'),
  value: string('At most 100,000 characters.'),
})

const ModelParam = message('ModelParam', { name: string(), value: string() })

const ModelMetric = message('ModelMetric', {
  key: string(),
  value: double(),
  timestamp: int64('Epoch milliseconds.'),
  step: int64(),
})

export const ModelVersion = message('ModelVersion', {
  name: string('Name of the registered model.'),
  version: string('Decimal number from 1; numbers of deleted versions are not used again.'),
  creation_timestamp: int64('Epoch milliseconds.'),
  last_updated_timestamp: int64('Epoch milliseconds.'),
  user_id: string("Who registered the version. Not shown at MLflow's own mount."),
  current_stage: string('None, Staging, Production or Archived.'),
  description: string(),
  source: string('URI of the files, as it was given.'),
  run_id: string(),
  status: ModelVersionStatus,
  status_message: string(),
  tags: list(ModelVersionTag),
  run_link: string(),
  aliases: list(string()),
  model_id: string("Logged model that was registered. Not shown at MLflow's own mount."),
  model_params: list(ModelParam),
  model_metrics: list(ModelMetric),
  deployment_job_state: message('ModelVersionDeploymentJobState', {
    job_id: string(),
    run_id: string(),
    job_state: string(),
    run_state: string(),
    current_task_name: string(),
  }),
})

const oneVersion = message('ModelVersion.Response', { model_version: ModelVersion })

/** What names a version. AIDP's dialect takes a JSON integer too. */
export const versionName = {
  name: required(string('Name of the registered model.')),
  version: required(string('Decimal number.')),
} as const

export const createModelVersion = defineEndpoint({
  id: 'createModelVersion',
  summary: 'Add a version to a registered model. It is READY at once.',
  routes: [post('/2.0/mlflow/model-versions/create')],
  scope: 'platform',
  aidp: { operation: 'createModelVersion', method: 'POST', path: '/2.0/mlflow/model-versions/create', profile: 'M' },
  aidpInWorkspace: {
    operation: 'createWorkspaceModelVersion',
    method: 'POST',
    path: '/2.0/mlflow/model-versions/create',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('CreateModelVersion', {
    name: required(string('Name of a registered model.')),
    source: required(
      string(
        'Where the files are: `runs:/<run id>/<path>`, `models:/<model id>`, `models:/<name>/<version>`, or a URI below ' +
          'the artifacts of the run or logged model.',
      ),
    ),
    run_id: string('Run that made the model.'),
    tags: list(ModelVersionTag),
    run_link: string(),
    description: string(),
    model_id: string('Logged model that is registered.'),
  }),
  reply: oneVersion,
})

export const getModelVersion = defineEndpoint({
  id: 'getModelVersion',
  summary: 'Read a model version.',
  routes: [get('/2.0/mlflow/model-versions/get')],
  scope: 'platform',
  aidp: { operation: 'getModelVersion', method: 'GET', path: '/2.0/mlflow/model-versions/get', profile: 'G' },
  permission: 'model.read',
  request: message('GetModelVersion', versionName),
  reply: oneVersion,
})

export const updateModelVersion = defineEndpoint({
  id: 'updateModelVersion',
  summary: 'Set the description of a model version; without one it is removed.',
  routes: [patch('/2.0/mlflow/model-versions/update'), post('/2.0/mlflow/model-versions/update')],
  scope: 'platform',
  aidp: { operation: 'updateModelVersion', method: 'POST', path: '/2.0/mlflow/model-versions/update', profile: 'M' },
  permission: 'model.manage',
  request: message('UpdateModelVersion', { ...versionName, description: string() }),
  reply: oneVersion,
})

export const transitionModelVersionStage = defineEndpoint({
  id: 'transitionModelVersionStage',
  summary: 'Move a model version to another stage.',
  routes: [post('/2.0/mlflow/model-versions/transition-stage')],
  scope: 'platform',
  aidp: {
    operation: 'transitionModelVersionStage',
    method: 'POST',
    path: '/2.0/mlflow/model-versions/transition-stage',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('TransitionModelVersionStage', {
    ...versionName,
    stage: required(string('None, Staging, Production or Archived, in any case.')),
    archive_existing_versions: bool(
      'Whether the versions that are in the stage are archived; Staging and Production only. ',
    ),
  }),
  reply: oneVersion,
})

export const deleteModelVersion = defineEndpoint({
  id: 'deleteModelVersion',
  summary: 'Delete a model version with its tags and aliases.',
  routes: [del('/2.0/mlflow/model-versions/delete'), post('/2.0/mlflow/model-versions/delete')],
  scope: 'platform',
  aidp: { operation: 'deleteModelVersion', method: 'POST', path: '/2.0/mlflow/model-versions/delete', profile: 'M' },
  permission: 'model.admin',
  request: message('DeleteModelVersion', versionName),
  reply: empty,
})

export const searchModelVersions = defineEndpoint({
  id: 'searchModelVersions',
  summary: 'Search model versions by name, number, run, source path and tags.',
  routes: [get('/2.0/mlflow/model-versions/search')],
  scope: 'platform',
  aidp: { operation: 'listModelVersions', method: 'GET', path: '/2.0/mlflow/model-versions/search', profile: 'L' },
  permission: 'registry.read',
  request: message('SearchModelVersions', {
    filter: string("Such as `name = 'churn' AND tags.team = 'risk'`."),
    max_results: int64('1 to 200,000.'),
    order_by: list(
      string(),
      'Such as `last_updated_timestamp DESC`; at the mounts of platforms one string may hold several, with commas.',
    ),
    page_token: string(),
  }),
  reply: message('SearchModelVersions.Response', { model_versions: list(ModelVersion), next_page_token: string() }),
})
