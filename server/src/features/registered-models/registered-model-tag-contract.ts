import { defineEndpoint, del, post } from '../../contract/endpoint.ts'
import { empty, list, message, required, string } from '../../contract/wire.ts'
import { RegisteredModelTag } from './registered-model-contract.ts'

const modelName = required(string('Name of the registered model.'))

export const setRegisteredModelTag = defineEndpoint({
  id: 'setRegisteredModelTag',
  summary: 'Set a tag of a registered model.',
  routes: [post('/2.0/mlflow/registered-models/set-tag')],
  scope: 'platform',
  aidp: {
    operation: 'setRegisteredModelTag',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/set-tag',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('SetRegisteredModelTag', {
    name: modelName,
    key: required(string('At most 250 characters.')),
    value: string('At most 100,000 characters.'),
  }),
  reply: empty,
})

export const deleteRegisteredModelTag = defineEndpoint({
  id: 'deleteRegisteredModelTag',
  summary: 'Remove a tag of a registered model; one that is not there is fine.',
  routes: [del('/2.0/mlflow/registered-models/delete-tag'), post('/2.0/mlflow/registered-models/delete-tag')],
  scope: 'platform',
  aidp: {
    operation: 'deleteRegisteredModelTag',
    method: 'POST',
    path: '/2.0/mlflow/registered-models/delete-tag',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('DeleteRegisteredModelTag', { name: modelName, key: required(string()) }),
  reply: empty,
})

export const updateRegisteredModelTags = defineEndpoint({
  id: 'updateRegisteredModelTags',
  summary: 'Set and remove several tags of a registered model at once, all or none.',
  routes: [post('/2.0/mlflow/internal/registered-models/update-tags')],
  scope: 'platform',
  aidp: {
    operation: 'updateRegisteredModelTags',
    method: 'POST',
    path: '/2.0/mlflow/internal/registered-models/update-tags',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('UpdateRegisteredModelTags', {
    name: modelName,
    set_tags: list(RegisteredModelTag, 'At most 100.'),
    delete_tags: list(message('RegisteredModelTagKey', { key: string() }), 'At most 100; absent ones are fine.'),
  }),
  reply: empty,
})
