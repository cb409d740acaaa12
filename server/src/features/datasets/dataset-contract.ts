import { ajax, defineEndpoint, post } from '../../contract/endpoint.ts'
import { list, message, string } from '../../contract/wire.ts'

const DatasetSummary = message('DatasetSummary', {
  experiment_id: string(),
  name: string(),
  digest: string(),
  context: string('Value of the input tag `mlflow.data.context`.'),
})

export const searchDatasets = defineEndpoint({
  id: 'searchDatasets',
  summary: 'List the datasets that runs of the given experiments have read.',
  routes: [ajax(post('/2.0/mlflow/experiments/search-datasets'))],
  permission: 'workspace.read',
  request: message('SearchDatasets', { experiment_ids: list(string(), '1 to 20 decimal numbers.') }),
  reply: message('SearchDatasets.Response', { dataset_summaries: list(DatasetSummary, 'At most 1,000.') }),
})
