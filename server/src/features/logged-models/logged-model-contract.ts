import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, double, empty, enumeration, int32, int64, list, message, required, string } from '../../contract/wire.ts'

export const LoggedModelStatus = enumeration('LoggedModelStatus', {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 0,
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
})

const LoggedModelParameter = message('LoggedModelParameter', {
  key: string('At most 500 characters.'),
  value: string(),
})

const LoggedModelTag = message('LoggedModelTag', { key: string('At most 500 characters.'), value: string() })

const LoggedModelMetric = message('LoggedModelMetric', {
  key: string(),
  value: double(),
  timestamp: int64('Epoch milliseconds.'),
  step: int64(),
  dataset_name: string(),
  dataset_digest: string(),
  model_id: string(),
  run_id: string('Run that logged the value.'),
})

const LoggedModelInfo = message('LoggedModelInfo', {
  model_id: string('`m-` and 32 hex digits.'),
  experiment_id: string(),
  name: string(),
  creation_timestamp_ms: int64('Epoch milliseconds.'),
  last_updated_timestamp_ms: int64('Epoch milliseconds.'),
  artifact_uri: string('URI below which the artifacts of the model lie.'),
  status: LoggedModelStatus,
  model_type: string(),
  source_run_id: string(),
  tags: list(LoggedModelTag),
})

export const LoggedModel = message('LoggedModel', {
  info: LoggedModelInfo,
  data: message('LoggedModelData', {
    params: list(LoggedModelParameter),
    metrics: list(LoggedModelMetric, 'Every value, in the order of logging.'),
  }),
})

const oneModel = message('LoggedModel.Response', { model: LoggedModel })
const modelId = required(string('`m-` and 32 hex digits.'))

export const createLoggedModel = defineEndpoint({
  id: 'createLoggedModel',
  summary: 'Create a logged model; its artifacts are uploaded next, then it is finalized.',
  routes: [post('/2.0/mlflow/logged-models')],
  permission: 'workspace.write',
  request: message('CreateLoggedModel', {
    experiment_id: required(string('Decimal number.')),
    name: string(`Without / : . % " '; need not be unique. Absent: a random name.`),
    model_type: string(),
    source_run_id: string(),
    params: list(LoggedModelParameter),
    tags: list(LoggedModelTag),
  }),
  reply: oneModel,
})

export const getLoggedModel = defineEndpoint({
  id: 'getLoggedModel',
  summary: 'Read a logged model.',
  routes: [get('/2.0/mlflow/logged-models/:model_id')],
  permission: 'workspace.read',
  request: message('GetLoggedModel', {
    model_id: modelId,
    allow_deleted: string('`true`: a deleted model is answered too.'),
  }),
  reply: oneModel,
})

export const finalizeLoggedModel = defineEndpoint({
  id: 'finalizeLoggedModel',
  summary: 'Set the status of a logged model. The model is the one named in the body.',
  routes: [patch('/2.0/mlflow/logged-models/:path_model_id')],
  permission: 'workspace.write',
  request: message('FinalizeLoggedModel', { model_id: modelId, status: required(LoggedModelStatus) }),
  reply: oneModel,
})

export const deleteLoggedModel = defineEndpoint({
  id: 'deleteLoggedModel',
  summary: 'Mark a logged model deleted.',
  routes: [del('/2.0/mlflow/logged-models/:model_id')],
  permission: 'workspace.write',
  request: message('DeleteLoggedModel', { model_id: modelId }),
  reply: empty,
})

export const setLoggedModelTags = defineEndpoint({
  id: 'setLoggedModelTags',
  summary: 'Set tags of a logged model.',
  routes: [patch('/2.0/mlflow/logged-models/:model_id/tags')],
  permission: 'workspace.write',
  request: message('SetLoggedModelTags', { model_id: modelId, tags: list(LoggedModelTag) }),
  reply: empty,
})

export const deleteLoggedModelTag = defineEndpoint({
  id: 'deleteLoggedModelTag',
  summary: 'Remove a tag of a logged model.',
  routes: [del('/2.0/mlflow/logged-models/:model_id/tags/:tag_key')],
  permission: 'workspace.write',
  request: message('DeleteLoggedModelTag', { model_id: modelId, tag_key: required(string()) }),
  reply: empty,
})

export const logLoggedModelParams = defineEndpoint({
  id: 'logLoggedModelParams',
  summary: 'Add params to a logged model; a param never changes.',
  routes: [post('/2.0/mlflow/logged-models/:path_model_id/params')],
  permission: 'workspace.write',
  request: message('LogLoggedModelParams', {
    model_id: required(string('Must be present, but the id in the path counts.')),
    params: list(LoggedModelParameter),
    path_model_id: string('The model, from the path.'),
  }),
  reply: empty,
})

const SearchedDataset = message('SearchLoggedModels.Dataset', { dataset_name: string(), dataset_digest: string() })

const LoggedModelOrder = message('SearchLoggedModels.OrderBy', {
  field_name: string('An attribute such as `creation_time`, or `metrics.<key>`.'),
  ascending: bool('Absent: true.'),
  dataset_name: string('Only values of this dataset count.'),
  dataset_digest: string(),
})

export const searchLoggedModels = defineEndpoint({
  id: 'searchLoggedModels',
  summary: 'Search logged models by attributes, params, tags and metrics.',
  routes: [post('/2.0/mlflow/logged-models/search')],
  aidp: { operation: 'listLoggedModels', method: 'POST', path: '/2.0/mlflow/logged-models/search', profile: 'L' },
  permission: 'workspace.read',
  request: message('SearchLoggedModels', {
    experiment_ids: required(list(string())),
    filter: string("Such as `metrics.accuracy > 0.9 AND params.lr = '0.01'`."),
    max_results: int32('Absent: 50; 0: 100.'),
    order_by: list(LoggedModelOrder),
    page_token: string(),
    datasets: list(SearchedDataset, 'Metric comparisons hold for values of these datasets.'),
  }),
  reply: message('SearchLoggedModels.Response', { models: list(LoggedModel), next_page_token: string() }),
})
