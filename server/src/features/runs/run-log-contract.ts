import { defineEndpoint, post } from '../../contract/endpoint.ts'
import { double, empty, int64, list, message, required, string } from '../../contract/wire.ts'
import { RunTag } from './run-entity-contract.ts'

const runId = required(string('32 hex digits.'), 'run_uuid')
const metricKey = required(string('At most 250 characters.'))
const metricValue = required(double())
const metricTimestamp = required(int64('Epoch milliseconds, not negative.'))
const step = int64('Absent means 0; may be negative.')

export const logMetric = defineEndpoint({
  id: 'logExperimentRunMetric',
  summary: 'Add a value to a metric of an active run.',
  routes: [post('/2.0/mlflow/runs/log-metric')],
  aidp: { operation: 'logExperimentRunMetric', method: 'POST', path: '/2.0/mlflow/runs/log-metric', profile: 'M' },
  permission: 'workspace.write',
  request: message('LogMetric', {
    run_id: runId,
    key: metricKey,
    value: metricValue,
    timestamp: metricTimestamp,
    step,
    model_id: string('Logged model that the value belongs to as well.'),
    dataset_name: string('Kept with the value of the logged model.'),
    dataset_digest: string('Kept with the value of the logged model.'),
  }),
  reply: empty,
})

export const logParameter = defineEndpoint({
  id: 'logExperimentRunParam',
  summary: 'Set a param of an active run; a param never changes its value.',
  routes: [post('/2.0/mlflow/runs/log-parameter')],
  aidp: { operation: 'logExperimentRunParam', method: 'POST', path: '/2.0/mlflow/runs/log-parameter', profile: 'M' },
  permission: 'workspace.write',
  request: message('LogParam', {
    run_id: runId,
    key: required(string('At most 250 characters.')),
    value: string('Cut to 6,000 characters.'),
  }),
  reply: empty,
})

export const logBatch = defineEndpoint({
  id: 'logExperimentRunBatch',
  summary: 'Add metrics, params and tags to an active run: all of them or none.',
  routes: [post('/2.0/mlflow/runs/log-batch')],
  aidp: { operation: 'logExperimentRunBatch', method: 'POST', path: '/2.0/mlflow/runs/log-batch', profile: 'M' },
  permission: 'workspace.write',
  request: message('LogBatch', {
    run_id: required(string('32 hex digits.')),
    metrics: list(
      message('LogBatch.Metric', {
        key: metricKey,
        value: metricValue,
        timestamp: metricTimestamp,
        step,
        dataset_name: string(),
        dataset_digest: string(),
        model_id: string(),
      }),
      'At most 1,000; metrics, params and tags together at most 1,000.',
    ),
    params: list(
      message('LogBatch.Param', { key: required(string()), value: string() }),
      'At most 100, each key once.',
    ),
    tags: list(
      message('LogBatch.RunTag', { key: required(string()), value: string() }),
      'At most 100; the last of a key wins.',
    ),
  }),
  reply: empty,
})

export const setTag = defineEndpoint({
  id: 'setExperimentRunTag',
  summary: 'Set a tag of an active run.',
  routes: [post('/2.0/mlflow/runs/set-tag')],
  aidp: { operation: 'setExperimentRunTag', method: 'POST', path: '/2.0/mlflow/runs/set-tag', profile: 'M' },
  permission: 'workspace.write',
  request: message('SetTag', {
    run_id: runId,
    key: required(string('At most 250 characters; `mlflow.runName` renames the run.')),
    value: string('Cut to 8,000 characters.'),
  }),
  reply: empty,
})

export const deleteTag = defineEndpoint({
  id: 'deleteExperimentRunTag',
  summary: 'Remove a tag of an active run.',
  routes: [post('/2.0/mlflow/runs/delete-tag')],
  aidp: { operation: 'deleteExperimentRunTag', method: 'POST', path: '/2.0/mlflow/runs/delete-tag', profile: 'M' },
  permission: 'workspace.write',
  request: message('DeleteTag', { run_id: required(string()), key: required(string()) }),
  reply: empty,
})

export const logModel = defineEndpoint({
  id: 'logExperimentRunModel',
  summary:
    'Add a model to the tag `mlflow.log-model.history` of an active run (clients before MLflow 3); in AIDP also make it a logged model.',
  routes: [post('/2.0/mlflow/runs/log-model')],
  aidp: { operation: 'logExperimentRunModel', method: 'POST', path: '/2.0/mlflow/runs/log-model', profile: 'M' },
  permission: 'workspace.write',
  request: message('LogModel', {
    run_id: required(string()),
    model_json: required(string('The MLmodel document as JSON text.')),
  }),
  reply: empty,
})

export const updateRunTags = defineEndpoint({
  id: 'updateExperimentRunTags',
  summary: 'Set and remove tags of an active run: all of them or none.',
  routes: [post('/2.0/mlflow/internal/runs/update-tags')],
  aidp: {
    operation: 'updateExperimentRunTags',
    method: 'POST',
    path: '/2.0/mlflow/internal/runs/update-tags',
    profile: 'M',
  },
  permission: 'workspace.write',
  request: message('UpdateRunTags', {
    run_id: required(string()),
    set_tags: list(RunTag, 'Each key once, and not among those to remove.'),
    delete_tags: list(message('RunTagKey', { key: string() }), 'Keys that are not there do no harm.'),
  }),
  reply: empty,
})
