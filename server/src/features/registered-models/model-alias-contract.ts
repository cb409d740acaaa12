import { defineEndpoint, del, get, post } from '../../contract/endpoint.ts'
import { empty, message, required, string } from '../../contract/wire.ts'
import { ModelVersion } from '../model-versions/model-version-contract.ts'

const modelName = required(string('Name of the registered model.'))
const aliasName = required(string('Letters, digits, - and _; at most 255 characters.'))

export const setRegisteredModelAlias = defineEndpoint({
  id: 'setRegisteredModelAlias',
  summary: 'Let an alias point to a version of a registered model, wherever it pointed before.',
  routes: [post('/2.0/mlflow/registered-models/alias')],
  scope: 'platform',
  permission: 'model.manage',
  request: message('SetRegisteredModelAlias', {
    name: modelName,
    alias: aliasName,
    version: required(string('Decimal number.')),
  }),
  reply: empty,
})

export const deleteRegisteredModelAlias = defineEndpoint({
  id: 'deleteRegisteredModelAlias',
  summary: 'Remove an alias of a registered model; one that is not there is fine.',
  routes: [del('/2.0/mlflow/registered-models/alias')],
  scope: 'platform',
  permission: 'model.manage',
  request: message('DeleteRegisteredModelAlias', { name: modelName, alias: aliasName }),
  reply: empty,
})

export const getModelVersionByAlias = defineEndpoint({
  id: 'getModelVersionByAlias',
  summary: 'The version that an alias points to; `latest` is the one with the highest number.',
  routes: [get('/2.0/mlflow/registered-models/alias')],
  scope: 'platform',
  permission: 'model.read',
  request: message('GetModelVersionByAlias', { name: modelName, alias: aliasName }),
  reply: message('GetModelVersionByAlias.Response', { model_version: ModelVersion }),
})
