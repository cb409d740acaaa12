import { defineEndpoint, del, post } from '../../contract/endpoint.ts'
import { empty, list, message, required, string } from '../../contract/wire.ts'
import { ModelVersionTag, versionName } from './model-version-contract.ts'

export const setModelVersionTag = defineEndpoint({
  id: 'setModelVersionTag',
  summary: 'Set a tag of a model version.',
  routes: [post('/2.0/mlflow/model-versions/set-tag')],
  scope: 'platform',
  aidp: { operation: 'setModelVersionTag', method: 'POST', path: '/2.0/mlflow/model-versions/set-tag', profile: 'M' },
  permission: 'model.manage',
  request: message('SetModelVersionTag', { ...versionName, key: required(string()), value: string() }),
  reply: empty,
})

export const deleteModelVersionTag = defineEndpoint({
  id: 'deleteModelVersionTag',
  summary: 'Remove a tag of a model version; one that is not there is fine.',
  routes: [del('/2.0/mlflow/model-versions/delete-tag'), post('/2.0/mlflow/model-versions/delete-tag')],
  scope: 'platform',
  aidp: {
    operation: 'deleteModelVersionTag',
    method: 'POST',
    path: '/2.0/mlflow/model-versions/delete-tag',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('DeleteModelVersionTag', { ...versionName, key: required(string()) }),
  reply: empty,
})

export const updateModelVersionTags = defineEndpoint({
  id: 'updateModelVersionTags',
  summary: 'Set and remove several tags of a model version at once, all or none.',
  routes: [post('/2.0/mlflow/internal/model-versions/update-tags')],
  scope: 'platform',
  aidp: {
    operation: 'updateModelVersionTags',
    method: 'POST',
    path: '/2.0/mlflow/internal/model-versions/update-tags',
    profile: 'M',
  },
  permission: 'model.manage',
  request: message('UpdateModelVersionTags', {
    ...versionName,
    set_tags: list(ModelVersionTag, 'At most 100.'),
    delete_tags: list(message('ModelVersionTagKey', { key: string() }), 'At most 100; absent ones are fine.'),
  }),
  reply: empty,
})
