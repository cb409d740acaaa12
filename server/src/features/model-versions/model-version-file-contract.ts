import { defineEndpoint, defineStreamEndpoint, get, root } from '../../contract/endpoint.ts'
import { message, required, string } from '../../contract/wire.ts'

export const getModelVersionDownloadUri = defineEndpoint({
  id: 'getModelVersionDownloadUri',
  summary: 'Say where the files of a model version are.',
  routes: [get('/2.0/mlflow/model-versions/get-download-uri')],
  scope: 'platform',
  permission: 'model.read',
  request: message('GetModelVersionDownloadUri', {
    name: string('Name of the registered model.'),
    version: string('Decimal number.'),
  }),
  reply: message('GetModelVersionDownloadUri.Response', { artifact_uri: string() }),
})

export const getModelVersionArtifact = defineStreamEndpoint({
  id: 'getModelVersionArtifact',
  summary: 'Download a file of a model version.',
  routes: [root(get('/model-versions/get-artifact'))],
  scope: 'platform',
  permission: 'model.read',
  query: message('GetModelVersionArtifact', {
    name: required(string()),
    version: required(string()),
    path: required(string('Path below the files of the version.')),
  }),
})
