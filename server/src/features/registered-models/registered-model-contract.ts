import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, empty, int64, list, message, required, string } from '../../contract/wire.ts'
import { ModelVersion } from '../model-versions/model-version-contract.ts'

export const RegisteredModelTag = message('RegisteredModelTag', {
  key: string('At most 250 characters.'),
  value: string('At most 100,000 characters.'),
})

const RegisteredModelAlias = message('RegisteredModelAlias', { alias: string(), version: string() })

export const RegisteredModel = message('RegisteredModel', {
  name: string('Unique on the platform.'),
  creation_timestamp: int64('Epoch milliseconds.'),
  last_updated_timestamp: int64('Epoch milliseconds; tags and aliases do not change it.'),
  description: string(),
  latest_versions: list(ModelVersion, 'The newest version of each stage, without aliases.'),
  tags: list(RegisteredModelTag),
  aliases: list(RegisteredModelAlias),
  deployment_job_id: string("Not shown at MLflow's own mount."),
  deployment_job_state: string('Absent: this server runs no deployment jobs.'),
  deployment_summary: message('DeploymentSummary', { total_deployment: int64(), active_deployment: int64() }),
})

const oneModel = message('RegisteredModel.Response', { registered_model: RegisteredModel })
const modelName = required(string('Name of the registered model.'))

export const createRegisteredModel = defineEndpoint({
  id: 'createRegisteredModel',
  summary: 'Create a registered model, or a prompt if its tags say so.',
  routes: [post('/2.0/mlflow/registered-models/create')],
  scope: 'platform',
  aidp: {
    operation: 'createRegisteredModel',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/create',
    profile: 'M',
  },
  permission: 'registry.create',
  request: message('CreateRegisteredModel', {
    name: required(string('At most 256 characters, without / and :, unique on the platform.')),
    tags: list(RegisteredModelTag),
    description: string(),
    deployment_job_id: string(),
  }),
  reply: oneModel,
})

export const getRegisteredModel = defineEndpoint({
  id: 'getRegisteredModel',
  summary: 'Read a registered model.',
  routes: [get('/2.0/mlflow/registered-models/get')],
  scope: 'platform',
  aidp: { operation: 'getRegisteredModel', method: 'GET', path: '/2.0/mlflow/registered-models/get', profile: 'G' },
  permission: 'model.read',
  request: message('GetRegisteredModel', { name: modelName }),
  reply: oneModel,
})

export const searchRegisteredModels = defineEndpoint({
  id: 'listRegisteredModels',
  summary: 'Search registered models by name and tags; prompts are found only when they are asked for.',
  routes: [get('/2.0/mlflow/registered-models/search')],
  scope: 'platform',
  aidp: {
    operation: 'listRegisteredModels',
    method: 'GET',
    path: '/2.0/mlflow/registered-models/search',
    profile: 'L',
  },
  permission: 'registry.read',
  request: message('SearchRegisteredModels', {
    filter: string("Such as `name LIKE 'fraud%' AND tags.team = 'risk'`."),
    max_results: int64('Absent: 100. At most 1000.'),
    order_by: list(string(), 'Such as `last_updated_timestamp DESC`.'),
    page_token: string(),
    is_deployment_summary_enabled: bool('Accepted from AIDP clients.'),
  }),
  reply: message('SearchRegisteredModels.Response', {
    registered_models: list(RegisteredModel),
    next_page_token: string(),
  }),
})

export const updateRegisteredModel = defineEndpoint({
  id: 'updateRegisteredModel',
  summary: 'Set the description of a registered model; without one it is removed.',
  routes: [patch('/2.0/mlflow/registered-models/update'), post('/2.0/mlflow/registered-models/update')],
  scope: 'platform',
  aidp: {
    operation: 'updateRegisteredModel',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/update',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('UpdateRegisteredModel', {
    name: modelName,
    description: string(),
    deployment_job_id: string('Absent: stays as it is.'),
  }),
  reply: oneModel,
})

export const renameRegisteredModel = defineEndpoint({
  id: 'renameRegisteredModel',
  summary: 'Give a registered model another name; its versions, tags and aliases go along.',
  routes: [post('/2.0/mlflow/registered-models/rename')],
  scope: 'platform',
  aidp: {
    operation: 'renameRegisteredModel',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/rename',
    profile: 'M1',
  },
  permission: 'model.admin',
  request: message('RenameRegisteredModel', { name: modelName, new_name: required(string()) }),
  reply: oneModel,
})

export const deleteRegisteredModel = defineEndpoint({
  id: 'deleteRegisteredModel',
  summary: 'Delete a registered model with its versions, tags and aliases.',
  routes: [del('/2.0/mlflow/registered-models/delete'), post('/2.0/mlflow/registered-models/delete')],
  scope: 'platform',
  aidp: {
    operation: 'deleteRegisteredModel',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/delete',
    profile: 'M',
  },
  permission: 'model.admin',
  request: message('DeleteRegisteredModel', { name: modelName }),
  reply: empty,
})

export const getLatestVersions = defineEndpoint({
  id: 'getLatestVersions',
  summary: 'The newest version of each stage of a registered model.',
  routes: [
    get('/2.0/mlflow/registered-models/get-latest-versions'),
    post('/2.0/mlflow/registered-models/get-latest-versions'),
  ],
  scope: 'platform',
  permission: 'model.read',
  request: message('GetLatestVersions', {
    name: modelName,
    stages: list(string(), 'None, Staging, Production, Archived in any case; none given: all of them.'),
  }),
  reply: message('GetLatestVersions.Response', { model_versions: list(ModelVersion) }),
})
