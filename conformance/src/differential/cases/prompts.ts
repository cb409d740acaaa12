import { type Area, areaBuilder } from '../case.ts'

const { get, patch, post, remove } = areaBuilder('prompts')
const models = '2.0/mlflow/registered-models'
const versions = '2.0/mlflow/model-versions'
const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'true' }
const text = { key: 'mlflow.prompt.text', value: 'Hello {{ name }}' }
const source = 'prompt-template'

function search(id: string, filter: string, where = models, more = ''): Area['cases'][number] {
  return get(id, `2.0/mlflow/${where.slice('2.0/mlflow/'.length)}/search?filter=${encodeURIComponent(filter)}${more}`)
}

function model(id: string, name: string, ...tags: object[]): Area['cases'][number] {
  return post(id, `${models}/create`, { name, tags }, { pause: 3 })
}

function version(id: string, name: string, more: object = {}): Area['cases'][number] {
  return post(id, `${versions}/create`, { name, source, tags: [isPrompt, text], ...more }, { pause: 3 })
}

/** Prompts: registered models of another kind, which share their names and are hidden from their searches. */
export const prompts: Area = {
  name: 'prompts',
  cases: [
    model('create', 'prompt-one', isPrompt, { key: 'team', value: 'red' }),
    model('create-bare-tag', 'prompt-two', isPrompt),
    model('create-again', 'prompt-one', isPrompt),
    model('create-model-of-same-name', 'prompt-one'),
    model('create-model', 'prompt-model'),
    model('create-prompt-of-same-name', 'prompt-model', isPrompt),
    model('create-upper-case', 'prompt-upper', { key: 'mlflow.prompt.is_prompt', value: 'TRUE' }),
    model('create-mixed-case', 'prompt-mixed', { key: 'mlflow.prompt.is_prompt', value: 'True' }),
    model('create-false', 'prompt-false', { key: 'mlflow.prompt.is_prompt', value: 'false' }),
    model('create-odd', 'prompt-odd', { key: 'mlflow.prompt.is_prompt', value: 'yes' }),
    model('create-bad-name', 'prompt/a', isPrompt),
    model('create-empty-name', '', isPrompt),
    model('create-blank-in-name', 'prompt with blank', isPrompt),
    get('get', `${models}/get?name=prompt-one`),
    version('version', 'prompt-one', { description: 'first' }),
    version('version-second', 'prompt-one', {
      tags: [isPrompt, { key: 'mlflow.prompt.text', value: 'ä 🚀' }, { key: '_mlflow_prompt_type', value: 'text' }],
    }),
    version('version-dummy', 'prompt-one', { source: 'dummy-source' }),
    version('version-of-two', 'prompt-two'),
    version('version-run', 'prompt-one', { run_id: 'abc' }),
    version('version-odd-source', 'prompt-one', { source: 's3://bucket/x' }),
    version('version-local-source', 'prompt-one', { source: '/etc/passwd' }),
    version('version-placeholder-case', 'prompt-one', { source: 'Prompt-Template' }),
    version('version-without-source', 'prompt-one', { source: undefined }),
    version('version-without-tag', 'prompt-one', { tags: [] }),
    version('version-without-tag-s3', 'prompt-one', { source: 's3://bucket/x', tags: [] }),
    version('version-false-tag', 'prompt-one', { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'false' }] }),
    version('version-upper-tag', 'prompt-one', { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'TRUE' }] }),
    version('version-of-model', 'prompt-model', { source: 's3://bucket/x', tags: [] }),
    version('version-of-model-tagged', 'prompt-model'),
    version('version-of-unknown', 'prompt-never'),
    version('version-long-text', 'prompt-two', {
      tags: [isPrompt, { key: 'mlflow.prompt.text', value: 't'.repeat(100_000) }],
    }),
    version('version-too-long-text', 'prompt-two', {
      tags: [isPrompt, { key: 'mlflow.prompt.text', value: 't'.repeat(100_001) }],
    }),
    get('get-version', `${versions}/get?name=prompt-one&version=1`),
    get('get-with-versions', `${models}/get?name=prompt-one`),
    get('uri', `${versions}/get-download-uri?name=prompt-one&version=1`),
    search('search-hidden', "name LIKE 'prompt%'"),
    search('search-prompts', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'true'"),
    search('search-prompts-singular', "name LIKE 'prompt%' AND tag.`mlflow.prompt.is_prompt` = 'true'"),
    search('search-prompts-dotted', "name LIKE 'prompt%' AND tags.mlflow.prompt.is_prompt = 'true'"),
    search('search-not-false', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` != 'false'"),
    search('search-false', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'false'"),
    search('search-not-true', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` != 'true'"),
    search('search-upper', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'TRUE'"),
    search('search-odd', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'yes'"),
    search('search-like', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` LIKE 'tr%'"),
    search('search-by-tag', "tags.team = 'red' AND tags.`mlflow.prompt.is_prompt` = 'true'"),
    search('search-by-name', "name = 'prompt-one'"),
    search('search-by-name-as-prompt', "name = 'prompt-one' AND tags.`mlflow.prompt.is_prompt` = 'true'"),
    search('search-page', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'true'", models, '&max_results=1'),
    search('versions-hidden', "name LIKE 'prompt%'", versions),
    search('versions-by-name', "name = 'prompt-one'", versions),
    search('versions-as-prompts', "name = 'prompt-one' AND tags.`mlflow.prompt.is_prompt` = 'true'", versions),
    search('versions-not-false', "name = 'prompt-one' AND tags.`mlflow.prompt.is_prompt` != 'false'", versions),
    search('versions-false', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'false'", versions),
    search('versions-not-true', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` != 'true'", versions),
    search('versions-upper', "name LIKE 'prompt%' AND tags.`mlflow.prompt.is_prompt` = 'TRUE'", versions),
    search('versions-of-model', "name = 'prompt-model'", versions),
    post('alias', `${models}/alias`, { name: 'prompt-one', alias: 'production', version: '1' }),
    post('alias-latest', `${models}/alias`, { name: 'prompt-one', alias: 'latest', version: '1' }),
    post('alias-v1', `${models}/alias`, { name: 'prompt-one', alias: 'v1', version: '1' }),
    get('get-alias', `${models}/alias?name=prompt-one&alias=production`),
    get('get-alias-latest', `${models}/alias?name=prompt-one&alias=latest`),
    get('get-alias-unknown', `${models}/alias?name=prompt-one&alias=never`),
    remove('delete-alias', `${models}/alias`, { name: 'prompt-one', alias: 'production' }),
    post('set-tag', `${models}/set-tag`, { name: 'prompt-one', key: 'k', value: 'v' }),
    post('set-version-tag', `${versions}/set-tag`, { name: 'prompt-one', version: '1', key: 'k', value: 'v' }),
    remove('delete-version-tag', `${versions}/delete-tag`, { name: 'prompt-one', version: '1', key: 'k' }),
    patch('update', `${models}/update`, { name: 'prompt-one', description: 'described' }),
    patch('update-version', `${versions}/update`, { name: 'prompt-one', version: '1', description: 'described' }),
    post('stage', `${versions}/transition-stage`, {
      name: 'prompt-one',
      version: '1',
      stage: 'Production',
      archive_existing_versions: false,
    }),
    get('latest-versions', `${models}/get-latest-versions?name=prompt-one`),
    version('copy-of-prompt', 'prompt-model', { source: 'models:/prompt-one/1', tags: [] }),
    version('copy-of-prompt-by-alias', 'prompt-model', { source: 'models:/prompt-one/latest', tags: [] }),
    post('rename', `${models}/rename`, { name: 'prompt-two', new_name: 'prompt-renamed' }),
    post('rename-to-model', `${models}/rename`, { name: 'prompt-renamed', new_name: 'prompt-model' }),
    post('rename-model-to-prompt', `${models}/rename`, { name: 'prompt-model', new_name: 'prompt-one' }),
    remove('remove-prompt-tag', `${models}/delete-tag`, { name: 'prompt-renamed', key: 'mlflow.prompt.is_prompt' }),
    search('search-untagged', "name = 'prompt-renamed'"),
    search('versions-of-untagged', "name = 'prompt-renamed'", versions),
    post('tag-model-as-prompt', `${models}/set-tag`, { name: 'prompt-model', ...isPrompt }),
    search('search-retagged', "name = 'prompt-model'"),
    search('versions-of-retagged', "name = 'prompt-model'", versions),
    remove('delete-version', `${versions}/delete`, { name: 'prompt-one', version: '1' }),
    version('version-after-delete', 'prompt-one'),
    remove('delete', `${models}/delete`, { name: 'prompt-one' }),
    get('get-deleted', `${models}/get?name=prompt-one`),
    model('create-model-of-deleted-name', 'prompt-one'),
  ],
}
