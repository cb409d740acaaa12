import { type Area, areaBuilder } from '../case.ts'

const { get, post } = areaBuilder('log-batch')
const log = '2.0/mlflow/runs/log-batch'
const missing = '0123456789abcdef0123456789abcdef'

function batch(id: string, content: object): Area['cases'][number] {
  return post(id, log, { run_id: '{{run}}', ...content })
}

/** A batch into a run of its own area: what it holds afterwards shows what a refused batch has left. */
function damaged(id: string, content: string): Area['cases'][number] {
  return post(`damaged-${id}`, log, `{"run_id":"{{damaged}}",${content}}`)
}

function readRun(id: string, run = 'run'): Area['cases'][number] {
  return get(id, `2.0/mlflow/runs/get?run_id={{${run}}}`)
}

const metric = (key: string, value: unknown = 1, step = 0) => ({ key, value, timestamp: 1, step })
const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number))

/** log-batch: limits, the order of its checks, repeats, and batches that are refused whole. */
export const logBatch: Area = {
  name: 'log-batch',
  cases: [
    post('experiment', '2.0/mlflow/experiments/create', { name: 'log-batch' }, { capture: { exp: 'experiment_id' } }),
    post(
      'run',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'r', start_time: 1 },
      { capture: { run: 'run.info.run_id' } },
    ),
    post(
      'run-damaged',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'd', start_time: 1 },
      { capture: { damaged: 'run.info.run_id' } },
    ),
    post(
      'run-limits',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'l', start_time: 1 },
      { capture: { limits: 'run.info.run_id' } },
    ),
    batch('all-kinds', {
      metrics: [metric('m', 1.5, 1), metric('m', 2.5, 2), metric('n', 'NaN'), metric('i', '-Infinity')],
      params: [
        { key: 'p', value: '1' },
        { key: 'q', value: 'ü' },
      ],
      tags: [
        { key: 't', value: 'x' },
        { key: 't', value: 'y' },
      ],
    }),
    readRun('read'),
    batch('empty-lists', { metrics: [], params: [], tags: [] }),
    batch('no-lists', {}),
    batch('repeated-metrics', { metrics: [metric('r', 1), metric('r', 1), metric('r', 2)] }),
    get('repeated-metrics-history', '2.0/mlflow/metrics/get-history?run_id={{run}}&metric_key=r'),
    batch('same-param-again', { params: [{ key: 'p', value: '1' }] }),
    batch('changed-param', {
      params: [{ key: 'p', value: '2' }],
      metrics: [metric('not')],
      tags: [{ key: 'not', value: 'x' }],
    }),
    batch('changed-params', {
      params: [
        { key: 'new', value: '2' },
        { key: 'p', value: '2' },
        { key: 'q', value: 'b' },
      ],
    }),
    batch('duplicate-params', {
      params: [
        { key: 'd', value: '1' },
        { key: 'd', value: '1' },
      ],
    }),
    batch('duplicate-params-different', {
      params: [
        { key: 'd', value: '1' },
        { key: 'e', value: '1' },
        { key: 'd', value: '2' },
      ],
    }),
    batch('rename', { tags: [{ key: 'mlflow.runName', value: 'renamed' }] }),
    batch('param-without-value', { params: [{ key: 'without' }] }),
    batch('tag-without-value', { tags: [{ key: 'without' }] }),
    batch('long-values', {
      params: [{ key: 'long', value: 'v'.repeat(6001) }],
      tags: [{ key: 'long', value: 'v'.repeat(8001) }],
    }),
    batch('metric-with-dataset', { metrics: [{ ...metric('withdataset'), dataset_name: 'd', dataset_digest: 'x' }] }),
    batch('metric-without-step', { metrics: [{ key: 'nostep', value: 1, timestamp: 1 }] }),
    batch('metric-with-run-id', { metrics: [{ ...metric('withrun'), run_id: '{{run}}' }] }),
    readRun('read-again'),
    batch('metric-without-key', { metrics: [metric('ok'), { value: 1, timestamp: 1 }] }),
    batch('metric-without-value', { metrics: [{ key: 'k', timestamp: 1 }] }),
    batch('metric-without-time', { metrics: [{ key: 'k', value: 1 }] }),
    batch('metric-negative-time', { metrics: [{ key: 'k', value: 1, timestamp: -1 }] }),
    batch('metric-bad-key', { metrics: [metric('ok'), metric('a$b')] }),
    batch('metric-path-key', { metrics: [metric('a//b')] }),
    batch('metric-long-key', { metrics: [metric('k'.repeat(251))] }),
    batch('metric-empty-key', { metrics: [metric('')] }),
    batch('metric-null', { metrics: [null] }),
    batch('param-without-key', { params: [{ value: 'v' }] }),
    batch('param-bad-key', {
      params: [
        { key: 'ok', value: 'v' },
        { key: '../x', value: 'v' },
      ],
    }),
    batch('param-long-key', { params: [{ key: 'k'.repeat(251), value: 'v' }] }),
    batch('tag-without-key', { tags: [{ value: 'v' }] }),
    batch('tag-bad-key', { tags: [{ key: 'a$b', value: 'v' }] }),
    batch('tag-long-key', { tags: [{ key: 'k'.repeat(251), value: 'v' }] }),
    batch('metrics-1001', { metrics: many(1001, (number) => metric('m', number, number)) }),
    batch('params-101', { params: many(101, (number) => ({ key: `p${number}`, value: 'v' })) }),
    batch('tags-101', { tags: many(101, (number) => ({ key: `t${number}`, value: 'v' })) }),
    batch('total-1001', {
      metrics: many(901, (number) => metric('m', number, number)),
      params: many(100, (number) => ({ key: `p${number}`, value: 'v' })),
    }),
    post('metrics-1000', log, {
      run_id: '{{limits}}',
      metrics: many(1000, (number) => metric(`k${number % 3}`, number, number)),
    }),
    post('total-1000', log, {
      run_id: '{{limits}}',
      metrics: many(800, (number) => metric('z', number, number)),
      params: many(100, (number) => ({ key: `p${number}`, value: 'v' })),
      tags: many(100, (number) => ({ key: `t${number}`, value: 'v' })),
    }),
    readRun('read-limits', 'limits'),
    post('large-body', log, {
      run_id: '{{limits}}',
      metrics: many(890, (number) => metric(`${'long key '.repeat(25)}${number % 2}`, number, number)),
      params: many(15, (number) => ({ key: `large${number}`, value: 'v'.repeat(5990) })),
      tags: many(95, (number) => ({ key: `large${number}`, value: 'v'.repeat(7990) })),
    }),
    readRun('read-large', 'limits'),
    post('without-run', log, { metrics: [metric('k')] }),
    post('empty-run', log, { run_id: '', metrics: [metric('k')] }),
    post('odd-run', log, { run_id: 'a/b', metrics: [metric('k')] }),
    post('number-run', log, { run_id: 5, metrics: [metric('k')] }),
    post('unknown-run', log, { run_id: missing, metrics: [metric('k')] }),
    post('by-uuid', log, { run_uuid: '{{run}}', metrics: [metric('k')] }),
    post('unknown-run-bad-key', log, { run_id: missing, metrics: [metric('a$b')] }),
    post('bad-run-bad-key', log, { run_id: 'a/b', metrics: [metric('a$b')] }),
    post('bad-key-too-many', log, {
      run_id: '{{run}}',
      metrics: [...many(1001, (number) => metric('m', number)), metric('a$b')],
    }),
    post('malformed', log, '{"run_id"'),
    post('empty-body', log, ''),
    post('null-body', log, 'null'),
    damaged('metric-value-word', '"metrics":[{"key":"word","value":"abc","timestamp":5,"step":4}]'),
    damaged(
      'metric-second-bad',
      '"metrics":[{"key":"good","value":1,"timestamp":5},{"key":"bad","value":"abc","timestamp":5}]',
    ),
    damaged('metric-bare-nan', '"metrics":[{"key":"bare","value":NaN,"timestamp":5}]'),
    damaged('metric-step-fraction', '"metrics":[{"key":"fraction","value":1,"timestamp":5,"step":1.5}]'),
    damaged(
      'metric-time-word',
      '"metrics":[{"key":"time","value":1,"timestamp":"now"}],"params":[{"key":"lost","value":"1"}]',
    ),
    damaged('param-value-number', '"params":[{"key":"five","value":5}]'),
    damaged('tag-value-number', '"tags":[{"key":"five","value":5}]'),
    damaged('metrics-null', '"metrics":null'),
    damaged('params-null', '"params":null'),
    damaged('metrics-object', '"metrics":{"a":1}'),
    damaged('metrics-text', '"metrics":"abc"'),
    damaged('metrics-of-numbers', '"metrics":[1,2]'),
    damaged(
      'unknown-model',
      `"metrics":[{"key":"model","value":1,"timestamp":1,"model_id":"m-${missing}"}],"tags":[{"key":"after","value":"v"}]`,
    ),
    readRun('damaged-read', 'damaged'),
  ],
}
