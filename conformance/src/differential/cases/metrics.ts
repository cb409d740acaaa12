import { type Area, areaBuilder } from '../case.ts'

const { get, post } = areaBuilder('metrics')
const log = '2.0/mlflow/runs/log-metric'
const missing = '0123456789abcdef0123456789abcdef'

/** Logs one value into the run of this area; `value` is JSON text, so that any spelling of a number can be sent. */
function value(id: string, key: string, text: string, timestamp: string, step?: string): Area['cases'][number] {
  const end = step === undefined ? '' : `,"step":${step}`
  return post(
    id,
    log,
    `{"run_id":"{{run}}","key":${JSON.stringify(key)},"value":${text},"timestamp":${timestamp}${end}}`,
  )
}

function readRun(id: string, run = 'run'): Area['cases'][number] {
  return get(id, `2.0/mlflow/runs/get?run_id={{${run}}}`)
}

function history(id: string, key: string): Area['cases'][number] {
  return get(id, `2.0/mlflow/metrics/get-history?run_id={{run}}&metric_key=${encodeURIComponent(key)}`)
}

/** One value into the run of damaged requests: what it holds afterwards shows what a refused request has left. */
function damaged(id: string, body: string): Area['cases'][number] {
  return post(`damaged-${id}`, log, `{"run_id":"{{damaged}}",${body}}`)
}

/** log-metric: values, times, steps, keys; the last value; what cannot be read. */
export const metrics: Area = {
  name: 'metrics',
  cases: [
    post('experiment', '2.0/mlflow/experiments/create', { name: 'metrics' }, { capture: { exp: 'experiment_id' } }),
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
    value('plain', 'plain', '0.5', '1700000000000', '3'),
    value('no-step', 'no step', '2', '5'),
    value('step-null', 'step null', '2', '5', 'null'),
    value('negative-step', 'negative', '-2.25', '5', '-7'),
    value('zero-time', 'zero time', '1', '0', '0'),
    value('exponent', 'exponent', '1.5e-7', '1'),
    value('large', 'large', '1e300', '1'),
    value('integer', 'integer', '123456789012345678', '1'),
    value('third', 'third', '0.3333333333333333', '1'),
    value('smallest', 'smallest', '5e-324', '1'),
    value('minus-zero', 'minus zero', '-0.0', '1'),
    value('text-number', 'text', '"2.5"', '1'),
    value('text-exponent', 'text exponent', '"1e3"', '1'),
    value('text-nan', 'nan', '"NaN"', '1'),
    value('text-infinity', 'infinity', '"Infinity"', '1'),
    value('text-minus-infinity', 'minus infinity', '"-Infinity"', '1'),
    value('text-inf', 'inf', '"inf"', '1'),
    value('true', 'true', 'true', '1'),
    value('unicode-key', 'größe/損失', '1', '1'),
    value('key-with-newline', 'trailing\n', '1', '1'),
    value('key-of-250', 'k'.repeat(250), '1', '1'),
    readRun('read-values'),
    value('key-of-251', 'k'.repeat(251), '1', '1'),
    value('key-dollar', 'a$b', '1', '1'),
    value('key-comma', 'a,b', '1', '1'),
    value('key-emoji', '🚀', '1', '1'),
    value('key-slash-first', '/a', '1', '1'),
    value('key-slash-last', 'a/', '1', '1'),
    value('key-doubled-slash', 'a//b', '1', '1'),
    value('key-dot', '.', '1', '1'),
    value('key-dot-dot', '..', '1', '1'),
    value('key-up', '../a', '1', '1'),
    value('key-dot-inside', 'a/./b', '1', '1'),
    value('key-empty', '', '1', '1'),
    value('key-blank', ' ', '1', '1'),
    value('time-negative', 'x', '1', '-1'),
    post('without-run', log, { key: 'k', value: 1, timestamp: 1 }),
    post('without-key', log, { run_id: '{{run}}', value: 1, timestamp: 1 }),
    post('without-value', log, { run_id: '{{run}}', key: 'k', timestamp: 1 }),
    post('without-time', log, { run_id: '{{run}}', key: 'k', value: 1 }),
    post('null-value', log, { run_id: '{{run}}', key: 'k', value: null, timestamp: 1 }),
    post('null-time', log, { run_id: '{{run}}', key: 'k', value: 1, timestamp: null }),
    post('number-key', log, { run_id: '{{run}}', key: 5, value: 1, timestamp: 1 }),
    post('unknown-run', log, { run_id: missing, key: 'k', value: 1, timestamp: 1 }),
    post('odd-run', log, { run_id: 'a/b', key: 'k', value: 1, timestamp: 1 }),
    post('by-uuid', log, { run_uuid: '{{run}}', key: 'by uuid', value: 1, timestamp: 1 }),
    post('by-ajax', '/ajax-api/2.0/mlflow/runs/log-metric', {
      run_id: '{{run}}',
      key: 'by ajax',
      value: 1,
      timestamp: 1,
    }),
    post('with-dataset', log, {
      run_id: '{{run}}',
      key: 'with dataset',
      value: 1,
      timestamp: 1,
      dataset_name: 'd',
      dataset_digest: 'x',
    }),
    post('unknown-model', log, {
      run_id: '{{run}}',
      key: 'with model',
      value: 1,
      timestamp: 1,
      model_id: `m-${missing}`,
    }),
    value('last-first', 'last', '1', '10', '5'),
    value('last-lower-step', 'last', '2', '20', '4'),
    value('last-same-step-earlier', 'last', '3', '9', '5'),
    value('last-same-all-greater', 'last', '4', '10', '5'),
    value('last-same-all-lower', 'last', '0', '10', '5'),
    value('last-repeat', 'last', '4', '10', '5'),
    history('last-history', 'last'),
    value('nan-over-negative-1', 'nan over negative', '-1', '1', '1'),
    value('nan-over-negative-2', 'nan over negative', '"NaN"', '1', '1'),
    value('nan-under-positive-1', 'nan under positive', '1', '1', '1'),
    value('nan-under-positive-2', 'nan under positive', '"NaN"', '1', '1'),
    value('zero-over-nan-1', 'zero over nan', '"NaN"', '1', '1'),
    value('zero-over-nan-2', 'zero over nan', '0', '1', '1'),
    history('nan-history', 'nan over negative'),
    history('zero-and-nan-history', 'zero over nan'),
    readRun('read-last'),
    damaged('value-word', '"key":"word","value":"abc","timestamp":7,"step":3'),
    damaged('value-lower-nan', '"key":"lower","value":"nan","timestamp":7'),
    damaged('value-bare-nan', '"key":"bare","value":NaN,"timestamp":7'),
    damaged('value-bare-infinity', '"key":"bareinf","value":-Infinity,"timestamp":7'),
    damaged('value-too-large', '"key":"huge","value":1e400,"timestamp":7'),
    damaged('value-list', '"key":"list","value":[1],"timestamp":7'),
    damaged('value-object', '"key":"object","value":{},"timestamp":7'),
    damaged('value-empty', '"key":"empty","value":"","timestamp":7'),
    damaged('value-blank', '"key":"blank","value":" 1","timestamp":7'),
    damaged('value-hexadecimal', '"key":"hex","value":"0x10","timestamp":7'),
    damaged('value-underscore', '"key":"underscore","value":"1_000","timestamp":7'),
    damaged('value-after-all', '"key":"after","timestamp":7,"step":2,"value":"abc"'),
    damaged('step-word', '"key":"stepword","value":1,"timestamp":7,"step":"two"'),
    damaged('time-word', '"key":"timeword","value":1,"timestamp":"now"'),
    readRun('damaged-read', 'damaged'),
  ],
}
