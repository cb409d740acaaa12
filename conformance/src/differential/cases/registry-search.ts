import { type Area, areaBuilder } from '../case.ts'

const { get, post, remove } = areaBuilder('registry-search')
const models = '2.0/mlflow/registered-models'
const search = `${models}/search`
const mark = "name LIKE 'find-%'"

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

/** A search among the models of this area. */
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

function model(name: string, tags: Record<string, string>): Area['cases'][number] {
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }))
  return post(`make-${name}`, `${models}/create`, { name: `find-${name}`, tags: list }, { pause: 3 })
}

/** registered-models/search: grammar, operators, orders, limits, pages. */
export const registrySearch: Area = {
  name: 'registry-search',
  cases: [
    model('Apple', { team: 'red', 'odd key': 'o', 'a.b': 'dot' }),
    model('apricot', { team: 'Red', size: '5' }),
    model('banana', { team: '' }),
    model('Cherry', {}),
    model('dätte_x', { team: 'red', size: '10' }),
    post('version', '2.0/mlflow/model-versions/create', { name: 'find-Apple', source: 's3://b/1' }, { pause: 3 }),
    post('second', '2.0/mlflow/model-versions/create', { name: 'find-Apple', source: 's3://b/2' }, { pause: 3 }),
    post('alias', `${models}/alias`, { name: 'find-Apple', alias: 'champion', version: '1' }),
    find('all', ''),
    find('name-equal', "name = 'find-Apple'"),
    asIs('name-equal-alone', "name = 'find-Apple'"),
    find('name-equal-case', "name = 'FIND-APPLE'"),
    find('name-not-equal', "name != 'find-Apple'"),
    find('name-like', "name LIKE 'find-ap%'"),
    find('name-like-lower', "name like 'find-ap%'"),
    find('name-ilike', "name ILIKE 'FIND-ap%'"),
    find('name-ilike-unicode', "name ILIKE '%DÄTTE%'"),
    find('name-underscore', "name LIKE 'find-_pple'"),
    find('name-like-escape', "name LIKE 'find-d%\\_x'"),
    find('name-double-quoted', 'name = "find-Apple"'),
    find('name-unquoted', 'name = find-Apple'),
    find('name-number', 'name = 5'),
    find('name-greater', "name > 'a'"),
    find('name-in', "name IN ('find-Apple', 'find-banana')"),
    find('name-in-one', "name IN ('find-Apple')"),
    find('name-in-lower', "name in ('find-Apple')"),
    find('name-not-in', "name NOT IN ('find-Apple', 'find-banana')"),
    find('name-in-empty', 'name IN ()'),
    find('name-in-unquoted', 'name IN (a, b)'),
    find('name-is-null', 'name IS NULL'),
    find('name-back-ticked', "`name` = 'find-Apple'"),
    find('name-attribute-prefix', "attribute.name = 'find-Apple'"),
    find('name-attributes-prefix', "attributes.name = 'find-Apple'"),
    find('name-upper-case', "NAME = 'find-Apple'"),
    find('two-names', "name != 'find-Apple' AND name != 'find-banana'"),
    find('tag-equal', "tags.team = 'red'"),
    find('tag-singular', "tag.team = 'red'"),
    find('tag-not-equal', "tags.team != 'red'"),
    find('tag-like', "tags.team LIKE 'r%'"),
    find('tag-ilike', "tags.team ILIKE 'R%'"),
    find('tag-empty', "tags.team = ''"),
    find('tag-unknown', "tags.never = 'x'"),
    find('tag-unknown-not-equal', "tags.never != 'x'"),
    find('tag-number', 'tags.size = 5'),
    find('tag-greater', "tags.size > '5'"),
    find('tag-in', "tags.team IN ('red')"),
    find('tag-is-null', 'tags.team IS NULL'),
    find('tag-is-not-null', 'tags.team IS NOT NULL'),
    find('tag-back-ticked', "tags.`odd key` = 'o'"),
    find('tag-double-quoted-key', 'tags."odd key" = \'o\''),
    find('tag-dotted', "tags.a.b = 'dot'"),
    find('tag-dotted-back-ticked', "tags.`a.b` = 'dot'"),
    find('tag-upper-prefix', "TAGS.team = 'red'"),
    find('two-tags', "tags.team = 'red' AND tags.size = '10'"),
    find('same-tag-twice', "tags.team = 'red' AND tags.team LIKE 'r%'"),
    find('same-tag-contradiction', "tags.team = 'red' AND tags.team = 'Red'"),
    find('tag-and-name', "tags.team = 'red' AND name LIKE '%Apple'"),
    find('trailing-and', "tags.team = 'red' AND"),
    asIs('or', "name = 'a' OR name = 'b'"),
    asIs('brackets', "(name = 'a')"),
    asIs('not', "NOT name = 'a'"),
    asIs('comma', "name = 'a', name = 'b'"),
    asIs('semicolon', "name = 'a';"),
    asIs('literal-left', "'a' = name"),
    asIs('double-equals', "name == 'a'"),
    asIs('angle-brackets', "name <> 'a'"),
    asIs('no-value', 'name ='),
    asIs('no-comparator', "name 'a'"),
    asIs('only-a-word', 'name'),
    asIs('only-and', 'AND', { max_results: '1' }),
    asIs('blank', ' ', { max_results: '1' }),
    asIs('empty', '', { max_results: '1' }),
    asIs('unclosed-quote', "name = 'a"),
    asIs('quote-inside', "name = 'it''s'"),
    asIs('unknown-attribute', "description = 'x'"),
    asIs('unknown-time', 'creation_timestamp > 0'),
    asIs('unknown-stage', "current_stage = 'None'"),
    asIs('unknown-type', "params.a = 'x'"),
    asIs('unknown-word-type', "nonsense.a = 'x'"),
    asIs('run-id', "run_id = 'x'"),
    order('name', 'name'),
    order('name-asc', 'name ASC'),
    order('name-desc', 'name DESC'),
    order('name-desc-lower', 'name desc'),
    order('time', 'timestamp'),
    order('time-desc', 'timestamp DESC'),
    order('updated', 'last_updated_timestamp'),
    order('updated-desc', 'last_updated_timestamp DESC'),
    order('two', 'last_updated_timestamp DESC', 'name ASC'),
    order('one-twice', 'name ASC', 'name DESC'),
    order('time-twice', 'timestamp', 'last_updated_timestamp'),
    order('creation', 'creation_timestamp'),
    order('tag', 'tags.team'),
    order('prefixed', 'attribute.name'),
    order('back-ticked', '`name`'),
    order('comma', 'name, timestamp'),
    order('odd-direction', 'name SIDEWAYS'),
    order('empty', ''),
    order('unknown', 'nonsense'),
    order('blank-around', '  name   DESC  '),
    find('max-1', '', { max_results: '1' }),
    find('max-zero', '', { max_results: '0' }),
    find('max-negative', '', { max_results: '-1' }),
    find('max-1000', '', { max_results: '1000' }),
    find('max-1001', '', { max_results: '1001' }),
    find('max-word', '', { max_results: 'two' }),
    find('max-fraction', '', { max_results: '1.5' }),
    find('max-empty', '', { max_results: '' }),
    find('max-blank', '', { max_results: ' 2 ' }),
    find('max-too-large', '', { max_results: '99999999999999999999' }),
    get('page-one', query({ filter: mark, max_results: '2' }), { capture: { page: 'next_page_token' } }),
    get('page-two', query({ filter: mark, max_results: '2', page_token: '{{page}}' }), {
      capture: { last: 'next_page_token' },
    }),
    get('page-three', query({ filter: mark, max_results: '2', page_token: '{{last}}' })),
    get('page-other-size', query({ filter: mark, max_results: '1', page_token: '{{page}}' })),
    get('page-desc-one', query({ filter: mark, max_results: '3', order_by: 'name DESC' }), {
      capture: { descending: 'next_page_token' },
    }),
    get(
      'page-desc-two',
      query({ filter: mark, max_results: '3', order_by: 'name DESC', page_token: '{{descending}}' }),
    ),
    find('token-empty', '', { page_token: '' }),
    find('token-not-base64', '', { page_token: '!!!' }),
    find('token-not-json', '', { page_token: 'YWJj' }),
    find('token-without-offset', '', { page_token: 'eyJ4IjogMX0=' }),
    find('unknown-parameter', '', { nonsense: '1' }),
    get('two-filters', query({ filter: ["name = 'find-Apple'", "name = 'find-banana'"] })),
    get('ajax', `/ajax-api/${query({ filter: mark, max_results: '1' })}`),
    post('by-post', search, { filter: mark, max_results: 1 }),
    remove('drop', `${models}/delete`, { name: 'find-banana' }),
    find('after-drop', ''),
    post('rename', `${models}/rename`, { name: 'find-Cherry', new_name: 'find-aaa' }),
    find('after-rename', ''),
    post('touch-by-tag', `${models}/set-tag`, { name: 'find-apricot', key: 'late', value: '1' }, { pause: 3 }),
    order('updated-after-tag', 'last_updated_timestamp DESC'),
  ],
}
