import { type Area, areaBuilder } from '../case.ts'

const { get, post } = areaBuilder('params-tags')
const log = '2.0/mlflow/runs/log-parameter'
const setTag = '2.0/mlflow/runs/set-tag'
const deleteTag = '2.0/mlflow/runs/delete-tag'
const missing = '0123456789abcdef0123456789abcdef'

function param(id: string, key: unknown, value?: unknown): Area['cases'][number] {
  return post(`param-${id}`, log, { run_id: '{{run}}', key, value })
}

function tag(id: string, key: unknown, value?: unknown): Area['cases'][number] {
  return post(`tag-${id}`, setTag, { run_id: '{{run}}', key, value })
}

function readRun(id: string): Area['cases'][number] {
  return get(id, '2.0/mlflow/runs/get?run_id={{run}}')
}

/** log-parameter, set-tag, delete-tag. */
export const paramsTags: Area = {
  name: 'params-tags',
  cases: [
    post('experiment', '2.0/mlflow/experiments/create', { name: 'params-tags' }, { capture: { exp: 'experiment_id' } }),
    post(
      'run',
      '2.0/mlflow/runs/create',
      { experiment_id: '{{exp}}', run_name: 'r', start_time: 1 },
      { capture: { run: 'run.info.run_id' } },
    ),
    param('plain', 'lr', '0.1'),
    param('same-again', 'lr', '0.1'),
    param('other-value', 'lr', '0.2'),
    param('other-value-quoted', 'lr', "it's"),
    param('without-value', 'none'),
    param('empty-value', 'empty', ''),
    param('null-value', 'null', null),
    param('unicode', 'größe', '漢字 🚀 "quoted" \\ \n'),
    param('value-of-6000', 'exact', 'v'.repeat(6000)),
    param('value-of-6001', 'cut', 'v'.repeat(6001)),
    param('cut-again', 'cut', 'v'.repeat(6002)),
    param('value-of-6000-wide', 'wide', '漢'.repeat(6000)),
    param('key-of-250', 'k'.repeat(250), 'v'),
    param('key-of-251', 'k'.repeat(251), 'v'),
    param('key-bad', 'a$b', 'v'),
    param('key-path', 'a//b', 'v'),
    param('key-empty', '', 'v'),
    param('key-null', null, 'v'),
    param('key-number', 5, 'v'),
    param('key-colon', 'a:b c-d.e/f', 'v'),
    param('value-number', 'number', 5),
    param('value-object', 'object', { a: 1 }),
    post('param-without-run', log, { key: 'k', value: 'v' }),
    post('param-without-key', log, { run_id: '{{run}}', value: 'v' }),
    post('param-unknown-run', log, { run_id: missing, key: 'k', value: 'v' }),
    post('param-by-uuid', log, { run_uuid: '{{run}}', key: 'uuid', value: 'v' }),
    post('param-by-ajax', '/ajax-api/2.0/mlflow/runs/log-parameter', { run_id: '{{run}}', key: 'ajax', value: 'v' }),
    readRun('read-params'),
    tag('plain', 'team', 'red'),
    tag('again', 'team', 'blue'),
    tag('without-value', 'none'),
    tag('null-value', 'null', null),
    tag('unicode', 'größe', '漢字 🚀 "quoted" \\ \n'),
    tag('value-of-8000', 'exact', 'v'.repeat(8000)),
    tag('value-of-8001', 'cut', 'v'.repeat(8001)),
    tag('key-of-250', 'k'.repeat(250), 'v'),
    tag('key-of-251', 'k'.repeat(251), 'v'),
    tag('key-bad', 'a$b', 'v'),
    tag('key-path', '../b', 'v'),
    tag('key-dot', '.', 'v'),
    tag('key-empty', '', 'v'),
    tag('key-blank-inside', 'a b', 'v'),
    tag('key-newline', 'a\n', 'v'),
    tag('key-newline-inside', 'a\nb', 'v'),
    tag('value-number', 'number', 5),
    tag('value-true', 'true', true),
    tag('note', 'mlflow.note.content', '# Title'),
    post('tag-without-run', setTag, { key: 'k', value: 'v' }),
    post('tag-without-key', setTag, { run_id: '{{run}}', value: 'v' }),
    post('tag-unknown-run', setTag, { run_id: missing, key: 'k', value: 'v' }),
    post('delete-tag', deleteTag, { run_id: '{{run}}', key: 'team' }),
    post('delete-tag-again', deleteTag, { run_id: '{{run}}', key: 'team' }),
    post('delete-tag-without-key', deleteTag, { run_id: '{{run}}' }),
    post('delete-tag-empty-key', deleteTag, { run_id: '{{run}}', key: '' }),
    post('delete-tag-without-run', deleteTag, { key: 'k' }),
    post('delete-tag-unknown-run', deleteTag, { run_id: missing, key: 'k' }),
    post('delete-tag-by-uuid', deleteTag, { run_uuid: '{{run}}', key: 'null' }),
    post('delete-tag-number-key', deleteTag, { run_id: '{{run}}', key: 5 }),
    readRun('read-tags'),
  ],
}
