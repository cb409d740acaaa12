import { type Area, areaBuilder } from '../case.ts'

const { get, post } = areaBuilder('datasets')
const logInputs = '2.0/mlflow/runs/log-inputs'
const outputs = '2.0/mlflow/runs/outputs'
const search = '/ajax-api/2.0/mlflow/experiments/search-datasets'
const missing = '0123456789abcdef0123456789abcdef'

const dataset = (name: string, more: object = {}) => ({
  name,
  digest: `d-${name}`,
  source_type: 'local',
  source: `{"uri": "${name}"}`,
  ...more,
})
const context = (value: string) => ({ key: 'mlflow.data.context', value })

function inputs(id: string, datasets: unknown, more: object = {}): Area['cases'][number] {
  return post(id, logInputs, { run_id: '{{run}}', datasets, ...more })
}

/** An input into a run of its own, so that what it leaves can be read beside nothing else. */
function ofRun(run: string, id: string, datasets: unknown): Area['cases'][number] {
  return post(id, logInputs, { run_id: `{{${run}}}`, datasets })
}

function makeRun(name: string, start: number, experiment = 'exp'): Area['cases'][number] {
  return post(
    `make-${name}`,
    '2.0/mlflow/runs/create',
    { experiment_id: `{{${experiment}}}`, run_name: name, start_time: start },
    { capture: { [name]: 'run.info.run_id' } },
  )
}

function readRun(id: string, name: string): Area['cases'][number] {
  return get(id, `2.0/mlflow/runs/get?run_id={{${name}}}`)
}

/** Dataset inputs, model inputs, outputs, and experiments/search-datasets. */
export const datasets: Area = {
  name: 'datasets',
  cases: [
    post('experiment', '2.0/mlflow/experiments/create', { name: 'datasets' }, { capture: { exp: 'experiment_id' } }),
    post(
      'empty-experiment',
      '2.0/mlflow/experiments/create',
      { name: 'datasets-empty' },
      { capture: { empty: 'experiment_id' } },
    ),
    post(
      'experiment-aside',
      '2.0/mlflow/experiments/create',
      { name: 'datasets-aside' },
      { capture: { aside: 'experiment_id' } },
    ),
    makeRun('run', 1),
    makeRun('limits', 2),
    makeRun('odd', 3),
    makeRun('out', 4),
    makeRun('damaged', 5, 'aside'),
    inputs('log', [
      {
        dataset: dataset('iris', { schema: '{"a": 1}', profile: '{"rows": 3}' }),
        tags: [context('train'), { key: 'ä', value: 'ö' }],
      },
    ]),
    readRun('read', 'run'),
    inputs('log-again-other-tags', [{ dataset: dataset('iris', { schema: 'other' }), tags: [context('test')] }]),
    readRun('read-again', 'run'),
    inputs('log-second', [{ dataset: dataset('wine'), tags: [] }]),
    inputs('log-same-name-other-digest', [
      { dataset: { ...dataset('iris'), digest: 'other' }, tags: [context('train')] },
    ]),
    readRun('read-three', 'run'),
    post('search-tells-inputs', '2.0/mlflow/runs/search', { experiment_ids: ['{{exp}}'], filter: "run_name = 'run'" }),
    inputs('empty-list', []),
    inputs('no-tags', [{ dataset: dataset('untagged') }]),
    post('no-list', logInputs, { run_id: '{{run}}' }),
    post('unknown-field', logInputs, { run_id: '{{run}}', dataset_inputs: [{ dataset: dataset('unknown') }] }),
    ofRun('odd', 'twice-in-one', [
      { dataset: dataset('twice', { source: 'first' }), tags: [context('a')] },
      { dataset: dataset('twice', { source: 'second' }), tags: [context('b')] },
    ]),
    ofRun('odd', 'without-dataset', [{ tags: [context('nothing')] }]),
    ofRun('odd', 'without-name', [{ dataset: { digest: 'x', source_type: 's', source: 's' } }]),
    ofRun('odd', 'without-digest', [{ dataset: { name: 'x', source_type: 's', source: 's' } }]),
    ofRun('odd', 'without-source', [{ dataset: { name: 'sourceless', digest: 'x' } }]),
    ofRun('odd', 'tag-twice', [{ dataset: dataset('tagtwice'), tags: [context('a'), context('b')] }]),
    ofRun('odd', 'tag-without-value', [{ dataset: dataset('tagvalue'), tags: [{ key: 'k' }] }]),
    ofRun('odd', 'tag-without-key', [{ dataset: dataset('tagkey'), tags: [{ value: 'v' }] }]),
    ofRun('odd', 'unicode', [{ dataset: dataset('größe 🚀', { source: '漢字' }), tags: [context('évaluer')] }]),
    readRun('read-odd', 'odd'),
    ofRun('limits', 'name-of-500', [{ dataset: { ...dataset('n'.repeat(500)), digest: 'd' } }]),
    ofRun('limits', 'name-of-501', [{ dataset: { ...dataset('n'.repeat(501)), digest: 'd' } }]),
    ofRun('limits', 'digest-of-36', [{ dataset: dataset('d36', { digest: 'd'.repeat(36) }) }]),
    ofRun('limits', 'digest-of-37', [{ dataset: dataset('d37', { digest: 'd'.repeat(37) }) }]),
    ofRun('limits', 'source-of-65535', [{ dataset: dataset('s1', { source: 's'.repeat(65_535) }) }]),
    ofRun('limits', 'source-of-65536', [{ dataset: dataset('s2', { source: 's'.repeat(65_536) }) }]),
    ofRun('limits', 'schema-too-long', [{ dataset: dataset('s3', { schema: 's'.repeat(1_048_576) }) }]),
    ofRun('limits', 'tag-key-of-255', [{ dataset: dataset('t1'), tags: [{ key: 'k'.repeat(255), value: 'v' }] }]),
    ofRun('limits', 'tag-key-of-256', [{ dataset: dataset('t2'), tags: [{ key: 'k'.repeat(256), value: 'v' }] }]),
    ofRun('limits', 'tag-value-of-500', [{ dataset: dataset('t3'), tags: [{ key: 'k', value: 'v'.repeat(500) }] }]),
    ofRun('limits', 'tag-value-of-501', [{ dataset: dataset('t4'), tags: [{ key: 'k', value: 'v'.repeat(501) }] }]),
    ofRun('limits', 'good-beside-bad', [
      { dataset: dataset('good') },
      { dataset: dataset('bad', { digest: 'd'.repeat(37) }) },
    ]),
    readRun('read-limits', 'limits'),
    post('without-run', logInputs, { datasets: [] }),
    post('unknown-run', logInputs, { run_id: missing, datasets: [] }),
    post('by-uuid', logInputs, { run_uuid: '{{run}}', datasets: [] }),
    ofRun('damaged', 'datasets-null', null),
    ofRun('damaged', 'datasets-object', { a: 1 }),
    ofRun('damaged', 'datasets-of-numbers', [5]),
    ofRun('damaged', 'dataset-number', [{ dataset: 5 }]),
    ofRun('damaged', 'dataset-name-number', [{ dataset: { name: 5, digest: 'x', source_type: 's', source: 's' } }]),
    readRun('read-damaged', 'damaged'),
    post('models', logInputs, { run_id: '{{out}}', models: [{ model_id: `m-${missing}` }, { model_id: 'anything' }] }),
    post('models-again', logInputs, { run_id: '{{out}}', models: [{ model_id: `m-${missing}` }] }),
    post('models-without-id', logInputs, { run_id: '{{out}}', models: [{}] }),
    readRun('read-models', 'out'),
    post('outputs', outputs, { run_id: '{{out}}', models: [{ model_id: 'm-one', step: 3 }, { model_id: 'm-two' }] }),
    readRun('read-outputs', 'out'),
    post('outputs-again', outputs, { run_id: '{{out}}', models: [{ model_id: 'm-one', step: 4 }] }),
    post('outputs-empty', outputs, { run_id: '{{out}}', models: [] }),
    post('outputs-absent', outputs, { run_id: '{{out}}' }),
    post('outputs-null', outputs, { run_id: '{{out}}', models: null }),
    post('outputs-unknown-run', outputs, { run_id: missing, models: [{ model_id: 'm', step: 0 }] }),
    post('outputs-without-run', outputs, { models: [{ model_id: 'm', step: 0 }] }),
    post('search-tells-outputs', '2.0/mlflow/runs/search', { experiment_ids: ['{{exp}}'], filter: "run_name = 'out'" }),
    post('search', search, { experiment_ids: ['{{exp}}'] }),
    post('search-nothing-there', search, { experiment_ids: ['{{empty}}'] }),
    post('search-unknown-experiment', search, { experiment_ids: ['987654321'] }),
    post('search-not-a-number', search, { experiment_ids: ['abc'] }),
    post('search-no-ids', search, { experiment_ids: [] }),
    post('search-absent', search, {}),
    post('search-twenty', search, { experiment_ids: Array.from({ length: 20 }, (_, number) => `98765432${number}`) }),
    post('search-twenty-one', search, {
      experiment_ids: Array.from({ length: 21 }, (_, number) => `98765432${number}`),
    }),
    post('search-of-api', '2.0/mlflow/experiments/search-datasets', { experiment_ids: ['{{exp}}'] }),
    get('search-by-get', `${search}?experiment_ids={{exp}}`),
  ],
}
