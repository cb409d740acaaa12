import { defineEndpoint, get } from '../../contract/endpoint.ts'
import { int64, message, required, string } from '../../contract/wire.ts'

export const getRegisteredModelSummary = defineEndpoint({
  id: 'getRegisteredModelSummary',
  summary: 'Count the models and versions of a schema that the caller may see.',
  routes: [get('/2.0/registered-models/summary')],
  scope: 'platform',
  aidp: { operation: 'getRegisteredModelSummary', method: 'GET', path: '/2.0/registered-models/summary', profile: 'S' },
  permission: 'registry.read',
  request: message('GetRegisteredModelSummary', {
    catalog: required(string('Models whose names have not three parts lie in `default`.`default`.')),
    schema: required(string()),
  }),
  reply: message('RegisteredModelSummary', {
    registered_models_count: int64(),
    model_versions_count: int64(),
    model_deployments_count: int64('0: this server runs no deployments.'),
    active_deployment_count: int64('0: this server runs no deployments.'),
  }),
})
