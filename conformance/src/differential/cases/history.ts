import { type Area, areaBuilder } from '../case.ts'

const { get, post } = areaBuilder('history')
const read = '2.0/mlflow/metrics/get-history'
const bulk = '/ajax-api/2.0/mlflow/metrics/get-history-bulk'
const interval = '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval'
const hundred = Array.from({ length: 101 }, (_, number) => `run_ids=r${number}`)

/** 44 points of `loss`: steps 0 to 39, two values at every tenth step. */
const series = Array.from({ length: 40 }, (_, step) => [
  { key: 'loss', value: 100 / (step + 1), timestamp: 1000 + step, step },
  ...(step % 10 === 0 ? [{ key: 'loss', value: -step, timestamp: 1000 + step, step }] : []),
]).flat()

/** get-history, get-history-bulk and get-history-bulk-interval. */
export const history: Area = {
  name: 'history',
  cases: [
    post('experiment', '2.0/mlflow/experiments/create', { name: 'history' }, { capture: { exp: 'experiment_id' } }),
    post(
      'run-a',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'a', start_time: 1 },
      { capture: { a: 'run.info.run_id' } },
    ),
    post(
      'run-b',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'b', start_time: 2 },
      { capture: { b: 'run.info.run_id' } },
    ),
    post('fill-a', '2.0/mlflow/runs/log-batch', { run_id: '{{a}}', metrics: series }),
    post('fill-odd', '2.0/mlflow/runs/log-batch', {
      run_id: '{{a}}',
      metrics: [
        { key: 'odd', value: 'NaN', timestamp: 3, step: 1 },
        { key: 'odd', value: 'Infinity', timestamp: 2, step: 9 },
        { key: 'odd', value: '-Infinity', timestamp: 2, step: 8 },
        { key: 'odd', value: 0.1, timestamp: 1, step: -4 },
        { key: 'odd', value: -1, timestamp: 3, step: 1 },
        { key: 'odd', value: 1, timestamp: 3, step: 1 },
      ],
    }),
    post('fill-b', '2.0/mlflow/runs/log-batch', {
      run_id: '{{b}}',
      metrics: Array.from({ length: 25 }, (_, step) => ({ key: 'loss', value: step, timestamp: 5, step })),
    }),
    post(
      'fill-large',
      '2.0/mlflow/runs/log-metric',
      '{"run_id":"{{b}}","key":"large","value":1,"timestamp":9223372036854775807,"step":-9223372036854775808}',
    ),
    get('all', `${read}?run_id={{a}}&metric_key=loss`),
    get('odd', `${read}?run_id={{a}}&metric_key=odd`),
    get('large', `${read}?run_id={{b}}&metric_key=large`),
    get('by-uuid', `${read}?run_uuid={{b}}&metric_key=large`),
    get('ajax', '/ajax-api/2.0/mlflow/metrics/get-history?run_id={{b}}&metric_key=large'),
    get('page-one', `${read}?run_id={{b}}&metric_key=loss&max_results=10`, { capture: { second: 'next_page_token' } }),
    get('page-two', `${read}?run_id={{b}}&metric_key=loss&max_results=10&page_token={{second}}`, {
      capture: { third: 'next_page_token' },
    }),
    get('page-three', `${read}?run_id={{b}}&metric_key=loss&max_results=10&page_token={{third}}`),
    get('page-exact', `${read}?run_id={{b}}&metric_key=loss&max_results=25`),
    get('page-all-but-one', `${read}?run_id={{b}}&metric_key=loss&max_results=24`),
    get('max-zero', `${read}?run_id={{b}}&metric_key=loss&max_results=0`),
    get('max-negative', `${read}?run_id={{b}}&metric_key=loss&max_results=-1`),
    get('max-word', `${read}?run_id={{b}}&metric_key=large&max_results=all`),
    get('max-large', `${read}?run_id={{b}}&metric_key=large&max_results=1000000`),
    get('token-not-base64', `${read}?run_id={{b}}&metric_key=loss&max_results=5&page_token=!!!`),
    get('token-empty', `${read}?run_id={{b}}&metric_key=large&max_results=5&page_token=`),
    get('unknown-run', `${read}?run_id=0123456789abcdef0123456789abcdef&metric_key=loss`),
    get('unknown-key', `${read}?run_id={{b}}&metric_key=never`),
    get('bad-key', `${read}?run_id={{b}}&metric_key=a$b`),
    get('without-run', `${read}?metric_key=loss`),
    get('without-key', `${read}?run_id={{b}}`),
    get('empty-key', `${read}?run_id={{b}}&metric_key=`),
    get('nothing', read),
    get('bulk', `${bulk}?run_id={{b}}&metric_key=loss`),
    get('bulk-nan', `${bulk}?run_id={{a}}&metric_key=odd`),
    get('bulk-max', `${bulk}?run_id={{b}}&metric_key=loss&max_results=3`),
    get('bulk-max-word', `${bulk}?run_id={{b}}&metric_key=large&max_results=abc`),
    get('bulk-max-zero', `${bulk}?run_id={{b}}&metric_key=large&max_results=0`),
    get('bulk-max-above', `${bulk}?run_id={{b}}&metric_key=large&max_results=99999`),
    get('bulk-without-run', `${bulk}?metric_key=loss`),
    get('bulk-without-key', `${bulk}?run_id={{b}}`),
    get('bulk-unknown', `${bulk}?run_id=never&metric_key=loss`),
    get('bulk-many', `${bulk}?${hundred.join('&').replaceAll('run_ids', 'run_id')}&metric_key=loss`),
    get('bulk-of-api', '2.0/mlflow/metrics/get-history-bulk?run_id={{b}}&metric_key=loss'),
    get('interval-all', `${interval}?run_ids={{a}}&metric_key=loss`),
    get('interval-of-api', '2.0/mlflow/metrics/get-history-bulk-interval?run_ids={{b}}&metric_key=large'),
    get('interval-10', `${interval}?run_ids={{a}}&metric_key=loss&max_results=10`),
    get('interval-7', `${interval}?run_ids={{a}}&metric_key=loss&max_results=7`),
    get('interval-2', `${interval}?run_ids={{a}}&metric_key=loss&max_results=2`),
    get('interval-1', `${interval}?run_ids={{a}}&metric_key=loss&max_results=1`),
    get('interval-43', `${interval}?run_ids={{a}}&metric_key=loss&max_results=43`),
    get('interval-two-runs', `${interval}?run_ids={{b}}&run_ids={{a}}&metric_key=loss&max_results=5`),
    get('interval-repeated-run', `${interval}?run_ids={{b}}&run_ids={{b}}&metric_key=loss&max_results=2`),
    get('interval-range', `${interval}?run_ids={{a}}&metric_key=loss&start_step=5&end_step=25&max_results=10`),
    get('interval-range-of-one', `${interval}?run_ids={{a}}&metric_key=loss&start_step=20&end_step=20`),
    get('interval-range-beyond', `${interval}?run_ids={{a}}&metric_key=loss&start_step=500&end_step=600`),
    get('interval-range-negative', `${interval}?run_ids={{a}}&metric_key=odd&start_step=-10&end_step=1`),
    get('interval-nan', `${interval}?run_ids={{a}}&metric_key=odd`),
    get('interval-nan-3', `${interval}?run_ids={{a}}&metric_key=odd&max_results=3`),
    get('interval-only-start', `${interval}?run_ids={{a}}&metric_key=loss&start_step=5`),
    get('interval-only-end', `${interval}?run_ids={{a}}&metric_key=loss&end_step=5`),
    get('interval-reversed', `${interval}?run_ids={{a}}&metric_key=loss&start_step=5&end_step=1`),
    get('interval-max-zero', `${interval}?run_ids={{a}}&metric_key=loss&max_results=0`),
    get('interval-max-2501', `${interval}?run_ids={{a}}&metric_key=loss&max_results=2501`),
    get('interval-max-word', `${interval}?run_ids={{b}}&metric_key=large&max_results=abc`),
    get('interval-step-word', `${interval}?run_ids={{b}}&metric_key=large&start_step=a&end_step=b`),
    get('interval-without-runs', `${interval}?metric_key=loss`),
    get('interval-without-key', `${interval}?run_ids={{a}}`),
    get('interval-unknown-run', `${interval}?run_ids=0123456789abcdef0123456789abcdef&metric_key=loss`),
    get('interval-unknown-key', `${interval}?run_ids={{a}}&metric_key=never`),
    get('interval-too-many', `${interval}?${hundred.join('&')}&metric_key=loss`),
    get('interval-nothing', interval),
  ],
}
