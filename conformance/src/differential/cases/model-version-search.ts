import { type Area, areaBuilder } from '../case.ts'

const { get, patch, post, remove } = areaBuilder('model-version-search')
const models = '2.0/mlflow/registered-models'
const versions = '2.0/mlflow/model-versions'
const search = `${versions}/search`
const mark = "name LIKE 'seek-%'"
const runA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const runB = 'abababababababababababababababab'

function query(parameters: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}=${one.startsWith('{{') ? one : encodeURIComponent(one)}`),
  )
  return `${search}?${pairs.join('&')}`
}

/** A search whose filter is sent as it stands. */
function asIs(
  id: string,
  filter: string,
  more: Record<string, string | readonly string[]> = {},
): Area['cases'][number] {
  return get(id, query({ filter, ...more }))
}

/** A search among the versions of this area. */
function find(
  id: string,
  filter: string,
  more: Record<string, string | readonly string[]> = {},
): Area['cases'][number] {
  return asIs(id, filter === '' ? mark : `${mark} AND ${filter}`, more)
}

function order(id: string, ...order_by: string[]): Area['cases'][number] {
  return find(`order-${id}`, '', { order_by })
}

function version(id: string, name: string, source: string, more: object): Area['cases'][number] {
  return post(`make-${id}`, `${versions}/create`, { name: `seek-${name}`, source, ...more }, { pause: 3 })
}

/** model-versions/search: grammar, operators, orders, limits, pages. */
export const modelVersionSearch: Area = {
  name: 'model-version-search',
  cases: [
    post('model-a', `${models}/create`, { name: 'seek-A' }),
    post('model-b', `${models}/create`, { name: 'seek-b' }),
    version('a1', 'A', 's3://bucket/one', { run_id: runA, tags: [{ key: 'team', value: 'red' }] }),
    version('b1', 'b', 's3://bucket/two', {
      run_id: runB,
      tags: [
        { key: 'team', value: 'Red' },
        { key: 'odd key', value: 'o' },
      ],
    }),
    version('a2', 'A', 's3://bucket/Three', { description: 'second' }),
    version('a3', 'A', 's3://bucket/one', { tags: [{ key: 'team', value: '' }] }),
    version('b2', 'b', 's3://bucket/ü', { run_id: runA, tags: [{ key: 'a.b', value: 'dot' }] }),
    post('alias', `${models}/alias`, { name: 'seek-A', alias: 'champion', version: '1' }),
    find('all', ''),
    find('name-equal', "name = 'seek-A'"),
    asIs('name-equal-alone', "name='seek-A'"),
    find('name-other-case', "name = 'SEEK-A'"),
    find('name-not-equal', "name != 'seek-A'"),
    find('name-like', "name LIKE '%-b'"),
    find('name-ilike', "name ILIKE 'SEEK-B'"),
    find('name-in', "name IN ('seek-A', 'seek-never')"),
    find('name-not-in', "name NOT IN ('seek-A')"),
    find('name-greater', "name > 'a'"),
    find('name-unquoted', 'name = seek'),
    find('name-attribute-prefix', "attribute.name = 'seek-A'"),
    find('name-attributes-prefix', "attributes.name = 'seek-A'"),
    find('name-back-ticked', "`name` = 'seek-A'"),
    find('name-is-null', 'name IS NULL'),
    find('run-equal', `run_id = '${runA}'`),
    find('run-not-equal', `run_id != '${runA}'`),
    find('run-in', `run_id IN ('${runA}', '${runB}')`),
    find('run-in-one', `run_id IN ('${runB}')`),
    find('run-not-in', `run_id NOT IN ('${runB}')`),
    find('run-like', "run_id LIKE 'aaa%'"),
    find('run-ilike', "run_id ILIKE 'AAA%'"),
    find('run-empty', "run_id = ''"),
    find('run-in-empty', 'run_id IN ()'),
    find('run-in-unquoted', 'run_id IN (a, b)'),
    find('run-in-number', 'run_id IN (1)'),
    find('run-unquoted', 'run_id = aaa'),
    find('source-equal', "source_path = 's3://bucket/one'"),
    find('source-not-equal', "source_path != 's3://bucket/one'"),
    find('source-like', "source_path LIKE 's3://bucket/t%'"),
    find('source-ilike', "source_path ILIKE 'S3://bucket/T%'"),
    find('source-in', "source_path IN ('s3://bucket/one')"),
    find('source-itself', "source = 's3://bucket/one'"),
    find('version-equal', 'version_number = 2'),
    find('version-equal-quoted', "version_number = '2'"),
    find('version-not-equal', 'version_number != 2'),
    find('version-greater', 'version_number > 1'),
    find('version-at-least', 'version_number >= 2'),
    find('version-less', 'version_number < 2'),
    find('version-at-most', 'version_number <= 2'),
    find('version-fraction', 'version_number > 1.5'),
    find('version-word', "version_number = 'abc'"),
    find('version-negative', 'version_number > -1'),
    find('version-like', "version_number LIKE '1'"),
    find('version-in', 'version_number IN (1, 2)'),
    find('version-itself', "version = '1'"),
    find('tag-equal', "tags.team = 'red'"),
    find('tag-singular', "tag.team = 'red'"),
    find('tag-not-equal', "tags.team != 'red'"),
    find('tag-like', "tags.team LIKE 'r%'"),
    find('tag-ilike', "tags.team ILIKE 'R%'"),
    find('tag-empty', "tags.team = ''"),
    find('tag-in', "tags.team IN ('red')"),
    find('tag-greater', "tags.team > 'a'"),
    find('tag-is-null', 'tags.team IS NULL'),
    find('tag-number', 'tags.team = 5'),
    find('tag-back-ticked', "tags.`odd key` = 'o'"),
    find('tag-double-quoted-key', 'tags."odd key" = \'o\''),
    find('tag-dotted', "tags.a.b = 'dot'"),
    find('tag-dotted-back-ticked', "tags.`a.b` = 'dot'"),
    find('two-tags', "tags.team = 'Red' AND tags.`odd key` = 'o'"),
    find('tag-run-version', `tags.team LIKE '%' AND run_id = '${runA}' AND version_number = 1`),
    find('stage', "current_stage = 'None'"),
    find('status', "status = 'READY'"),
    find('creation', 'creation_timestamp > 0'),
    find('updated', 'last_updated_timestamp > 0'),
    find('description', "description = 'second'"),
    find('aliases', "aliases = 'champion'"),
    find('user', "user_id = 'x'"),
    find('trailing-and', 'version_number = 1 AND'),
    asIs('or', "name = 'a' OR name = 'b'"),
    asIs('brackets', "(name = 'a')"),
    asIs('not', "NOT name = 'a'"),
    asIs('literal-left', "'a' = name"),
    asIs('double-equals', "name == 'a'"),
    asIs('no-value', 'name ='),
    asIs('only-a-word', 'name'),
    asIs('blank', ' ', { max_results: '1' }),
    asIs('empty', '', { max_results: '1' }),
    asIs('unclosed-quote', "name = 'a"),
    asIs('quote-inside', "name = 'it''s'"),
    asIs('unknown-type', "params.a = 'x'"),
    asIs('unknown-word-type', "nonsense.a = 'x'"),
    asIs('run-id-comma', `run_id = '${runA}', name = 'b'`),
    order('name', 'name'),
    order('name-desc', 'name DESC'),
    order('version', 'version_number'),
    order('version-desc', 'version_number DESC'),
    order('version-itself', 'version DESC'),
    order('creation', 'creation_timestamp'),
    order('creation-desc', 'creation_timestamp DESC'),
    order('updated', 'last_updated_timestamp ASC'),
    order('two', 'version_number DESC', 'name DESC'),
    order('two-names', 'name', 'version_number'),
    order('one-twice', 'name', 'name DESC'),
    order('run', 'run_id'),
    order('source', 'source_path'),
    order('stage', 'current_stage'),
    order('tag', 'tags.team'),
    order('time', 'timestamp'),
    order('prefixed', 'attribute.name'),
    order('back-ticked', '`name`'),
    order('odd-direction', 'name SIDEWAYS'),
    order('empty', ''),
    order('lower', 'name desc'),
    order('comma', 'name, version_number'),
    find('max-1', '', { max_results: '1' }),
    find('max-zero', '', { max_results: '0' }),
    find('max-negative', '', { max_results: '-1' }),
    find('max-200000', '', { max_results: '200000' }),
    find('max-200001', '', { max_results: '200001' }),
    find('max-word', '', { max_results: 'two' }),
    find('max-fraction', '', { max_results: '1.5' }),
    find('max-empty', '', { max_results: '' }),
    get('page-one', query({ filter: mark, max_results: '2' }), { capture: { page: 'next_page_token' } }),
    get('page-two', query({ filter: mark, max_results: '2', page_token: '{{page}}' }), {
      capture: { last: 'next_page_token' },
    }),
    get('page-three', query({ filter: mark, max_results: '2', page_token: '{{last}}' })),
    get('page-named-one', query({ filter: mark, max_results: '3', order_by: 'name' }), {
      capture: { named: 'next_page_token' },
    }),
    get('page-named-two', query({ filter: mark, max_results: '3', order_by: 'name', page_token: '{{named}}' })),
    find('token-empty', '', { page_token: '' }),
    find('token-not-base64', '', { page_token: '!!!' }),
    find('token-not-json', '', { page_token: 'YWJj' }),
    find('token-without-offset', '', { page_token: 'eyJ4IjogMX0=' }),
    find('unknown-parameter', '', { nonsense: '1' }),
    get('nothing-but-max', `${search}?max_results=1&filter=name%3D'seek-A'&order_by=version_number`),
    get('ajax', `/ajax-api/${query({ filter: mark, max_results: '1' })}`),
    post('by-post', search, { filter: mark }),
    patch('touch', `${versions}/update`, { name: 'seek-A', version: '1', description: 'late' }, { pause: 3 }),
    find('after-touch', ''),
    post(
      'touch-by-tag',
      `${versions}/set-tag`,
      { name: 'seek-b', version: '1', key: 'late', value: '1' },
      { pause: 3 },
    ),
    find('after-tag', ''),
    post('touch-by-alias', `${models}/alias`, { name: 'seek-b', alias: 'x', version: '1' }, { pause: 3 }),
    find('after-alias', ''),
    post(
      'touch-by-stage',
      `${versions}/transition-stage`,
      { name: 'seek-b', version: '1', stage: 'Staging', archive_existing_versions: false },
      { pause: 3 },
    ),
    find('after-stage', ''),
    remove('drop', `${versions}/delete`, { name: 'seek-A', version: '2' }, { pause: 3 }),
    find('after-drop', ''),
    post('rename', `${models}/rename`, { name: 'seek-b', new_name: 'seek-0' }, { pause: 3 }),
    find('after-rename', ''),
    order('name-after-rename', 'name'),
  ],
}
