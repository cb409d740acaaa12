import { describe, expect, test } from 'vitest'
import type { OrderTerm, Side } from './filter-tree.ts'
import { completeOrder, parseOrderBy } from './order-by-parser.ts'
import { printOrder } from './testing/filter-printer.ts'
import { randomSide, seededRandom } from './testing/random-filter.ts'
import { experimentVocabulary } from './vocabulary/experiment-vocabulary.ts'
import { loggedModelVocabulary } from './vocabulary/logged-model-vocabulary.ts'
import { modelVersionVocabulary } from './vocabulary/model-version-vocabulary.ts'
import { registeredModelVocabulary } from './vocabulary/registered-model-vocabulary.ts'
import { runVocabulary } from './vocabulary/run-vocabulary.ts'

const term = (entity: Side['entity'], key: string, descending = false): OrderTerm => ({
  side: { entity, key },
  descending,
})
const attribute = (key: string, descending = false) => term('attribute', key, descending)

describe('orders of runs', () => {
  test.each<[string, OrderTerm]>([
    ['start_time', attribute('start_time')],
    ['attributes.start_time DESC', attribute('start_time', true)],
    ['created asc', attribute('start_time')],
    ['metrics.acc DESC', term('metric', 'acc', true)],
    ['metrics.`a b` DESC', term('metric', 'a b', true)],
    ["metrics.`it's` DESC", term('metric', "it's", true)],
    ['params."a.b"', term('param', 'a.b')],
    ['tag.team', term('tag', 'team')],
    ['metrics.created', term('metric', 'start_time')],
  ])('%s', (clause, expected) => {
    expect(parseOrderBy([clause], runVocabulary)).toEqual([expected])
  })

  test.each<[string, OrderTerm]>([
    ['max(metrics.acc) DESC', { side: { entity: 'metric', key: 'acc', aggregate: 'max' }, descending: true }],
    ['MIN (metrics.`a b`)', { side: { entity: 'metric', key: 'a b', aggregate: 'min' }, descending: false }],
    ['first( metrics.acc ) asc', { side: { entity: 'metric', key: 'acc', aggregate: 'first' }, descending: false }],
    ['last(metrics.acc)', term('metric', 'acc')],
  ])('beyond MLflow: %s', (clause, expected) => {
    expect(parseOrderBy([clause], runVocabulary)).toEqual([expected])
  })

  test.each([
    ['max(params.lr)', "Invalid order_by clause 'max(params.lr)'. Could not be parsed."],
    ['max(metrics.acc) upwards', "Invalid ordering key in order_by clause 'max(metrics.acc) upwards'."],
    ['max(metrics.acc', "Invalid order_by clause 'max(metrics.acc'. Could not be parsed."],
    ['metrics.`a"b` DESC', `Invalid order_by clause 'metrics.\`a"b\` DESC'. Could not be parsed.`],
    ['metrics.acc upwards', "Invalid ordering key in order_by clause 'metrics.acc upwards'."],
  ])('refuses %s', (clause, message) => {
    expect(() => parseOrderBy([clause], runVocabulary)).toThrow(message)
  })

  test('refuses a text of too many words', () => {
    expect(() => parseOrderBy(['a '.repeat(6000)], runVocabulary)).toThrow(/^Error on parsing order_by clause/)
  })

  test('one thing named twice is the internal error of MLflow', () => {
    expect(() => parseOrderBy(['start_time', 'created DESC'], runVocabulary)).toThrow(
      expect.objectContaining({
        code: 'internal-refusal',
        message: "`order_by` contains duplicate fields: ['start_time', 'created DESC']",
      }),
    )
    expect(() => parseOrderBy(['metrics.acc', 'last(metrics.acc)'], runVocabulary)).toThrow(/duplicate fields/)
    expect(parseOrderBy(['metrics.acc', 'max(metrics.acc)', 'params.acc'], runVocabulary)).toHaveLength(3)
  })

  test('a printed term reads as the same term', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 2_000; round += 1) {
      const side = randomSide(random)
      // A double quote cannot be written in order_by, because MLflow turns backticks into double quotes.
      if (side.entity === 'dataset' || side.key.includes('"')) continue
      const expected = { side, descending: random() < 0.5 }
      expect(parseOrderBy([printOrder(expected)], runVocabulary), printOrder(expected)).toEqual([expected])
    }
  })
})

test('registered models know the SQL word timestamp', () => {
  expect(parseOrderBy(['timestamp DESC', 'name'], registeredModelVocabulary)).toEqual([
    attribute('last_updated_timestamp', true),
    attribute('name'),
  ])
})

test('logged models are ordered by field names', () => {
  const { readSide } = loggedModelVocabulary.order
  expect(readSide('creation_time')).toEqual({ entity: 'attribute', key: 'creation_timestamp_ms' })
  expect(readSide('metrics.a.b')).toEqual({ entity: 'metric', key: 'a.b' })
  expect(() => readSide('params.lr')).toThrow('Invalid order by field name: params.lr. Only metrics are supported.')
  expect(() => readSide('foo')).toThrow(
    expect.objectContaining({ code: 'order-by-attribute-unknown', message: 'Invalid order by field name: foo' }),
  )
})

describe('the complete order', () => {
  test('of runs ends with start time and id', () => {
    const ties = [attribute('start_time', true), attribute('run_id')]
    expect(completeOrder([], runVocabulary)).toEqual(ties)
    expect(completeOrder([term('metric', 'acc')], runVocabulary)).toEqual([term('metric', 'acc'), ...ties])
    expect(completeOrder([attribute('start_time')], runVocabulary)).toEqual([
      attribute('start_time'),
      attribute('run_id'),
    ])
    expect(completeOrder([term('metric', 'start_time')], runVocabulary)).toHaveLength(3)
  })

  test('of experiments is the newest first, and the highest id behind a given order', () => {
    expect(completeOrder([], experimentVocabulary)).toEqual([
      attribute('creation_time', true),
      attribute('experiment_id'),
    ])
    expect(completeOrder([attribute('name')], experimentVocabulary)).toEqual([
      attribute('name'),
      attribute('experiment_id', true),
    ])
  })

  test('of the registry', () => {
    expect(completeOrder([], registeredModelVocabulary)).toEqual([attribute('name')])
    expect(completeOrder([attribute('name', true)], modelVersionVocabulary)).toEqual([
      attribute('name', true),
      attribute('version_number', true),
    ])
    expect(completeOrder([], modelVersionVocabulary)).toHaveLength(3)
  })
})
