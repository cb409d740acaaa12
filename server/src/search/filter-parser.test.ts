import { describe, expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { parseFilter } from './filter-parser.ts'
import type { Comparison, FilterTree } from './filter-tree.ts'
import { printFilter } from './testing/filter-printer.ts'
import { randomFilter, seededRandom } from './testing/random-filter.ts'
import { experimentVocabulary } from './vocabulary/experiment-vocabulary.ts'
import { loggedModelVocabulary } from './vocabulary/logged-model-vocabulary.ts'
import { registeredModelVocabulary } from './vocabulary/registered-model-vocabulary.ts'
import { runVocabulary } from './vocabulary/run-vocabulary.ts'

const parse = (text: string) => parseFilter(text, runVocabulary)

function comparison(
  entity: Comparison['side']['entity'],
  key: string,
  operator: Comparison['operator'],
  value: Comparison['value'],
): Comparison {
  return { type: 'comparison', side: { entity, key }, operator, value }
}

const accurate = comparison('metric', 'acc', '>', 0.9)
const slow = comparison('param', 'lr', '=', '0.01')
const red = comparison('tag', 'team', '=', 'red')
const and = (...children: FilterTree[]): FilterTree => ({ type: 'and', children })
const or = (...children: FilterTree[]): FilterTree => ({ type: 'or', children })
const not = (child: FilterTree): FilterTree => ({ type: 'not', child })

test.each([undefined, '', 'AND', 'and AND'])('%j asks nothing', (text) => {
  expect(parseFilter(text, runVocabulary)).toBeNull()
})

describe('beyond MLflow: connectives and brackets', () => {
  test.each<[string, FilterTree]>([
    ["metrics.acc > 0.9 OR params.lr = '0.01'", or(accurate, slow)],
    ["metrics.acc > 0.9 or params.lr = '0.01' oR tags.team = 'red'", or(accurate, slow, red)],
    ["metrics.acc > 0.9 AND params.lr = '0.01' OR tags.team = 'red'", or(and(accurate, slow), red)],
    ["metrics.acc > 0.9 AND (params.lr = '0.01' OR tags.team = 'red')", and(accurate, or(slow, red))],
    ["(metrics.acc > 0.9)AND(params.lr = '0.01')", and(accurate, slow)],
    ["metrics.acc > 0.9 AND (params.lr = '0.01' AND tags.team = 'red')", and(accurate, slow, red)],
    ['NOT metrics.acc > 0.9', not(accurate)],
    ["NOT(metrics.acc > 0.9 AND params.lr = '0.01')", not(and(accurate, slow))],
    ["NOT metrics.acc > 0.9 AND params.lr = '0.01'", and(not(accurate), slow)],
    ['not NOT metrics.acc > 0.9', not(not(accurate))],
    ['\n((\tmetrics.acc > 0.9 ))', accurate],
    ["params.x = 'a OR b' OR tags.team = 'red'", or(comparison('param', 'x', '=', 'a OR b'), red)],
    ["metrics.or > 1 OR tags.not = '('", or(comparison('metric', 'or', '>', 1), comparison('tag', 'not', '=', '('))],
    [
      'metrics.`a (b)` > 1 OR metrics.max(x) > 1',
      or(comparison('metric', 'a (b)', '>', 1), comparison('metric', 'max(x)', '>', 1)),
    ],
    [
      "NOT run_id NOT IN ('a') OR NOT tags.team IS NOT NULL",
      or(not(comparison('attribute', 'run_id', 'NOT IN', ['a'])), not(comparison('tag', 'team', 'IS NOT NULL', null))),
    ],
  ])('%s', (text, tree) => {
    expect(parse(text)).toEqual(tree)
  })

  test('work for every entity', () => {
    const text = "NOT (name = 'a' OR name = 'b')"
    const tree = not(or(comparison('attribute', 'name', '=', 'a'), comparison('attribute', 'name', '=', 'b')))
    for (const vocabulary of [experimentVocabulary, registeredModelVocabulary, loggedModelVocabulary]) {
      expect(parseFilter(text, vocabulary)).toEqual(tree)
    }
  })
})

describe('beyond MLflow: lists and null tests on every side', () => {
  test.each<[string, FilterTree]>([
    ['metrics.acc IN (1, 0.5, -2e3)', comparison('metric', 'acc', 'IN', [1, 0.5, -2000])],
    ['metrics.acc not in (1)', comparison('metric', 'acc', 'NOT IN', [1])],
    ['start_time IN (9007199254740993, 5)', comparison('attribute', 'start_time', 'IN', [9007199254740993n, 5])],
    [`params.lr IN ('0.1', "0.2")`, comparison('param', 'lr', 'IN', ['0.1', '0.2'])],
    ["tags.`a b` NOT IN ('x',)", comparison('tag', 'a b', 'NOT IN', ['x'])],
    ["status IN ('FINISHED', 'FAILED')", comparison('attribute', 'status', 'IN', ['FINISHED', 'FAILED'])],
    ['metrics.acc IS NULL', comparison('metric', 'acc', 'IS NULL', null)],
    ['end_time is not null', comparison('attribute', 'end_time', 'IS NOT NULL', null)],
    ['dataset.context IS NULL', comparison('dataset', 'context', 'IS NULL', null)],
  ])('%s', (text, tree) => {
    expect(parse(text)).toEqual(tree)
  })

  test('ids of experiments become integers there too', () => {
    expect(parseFilter("experiment_id in ('1', '02')", experimentVocabulary)).toEqual(
      comparison('attribute', 'experiment_id', 'IN', [1, 2]),
    )
  })
})

describe('beyond MLflow: other values of a metric than the latest', () => {
  test.each<[string, Comparison]>([
    ['max(metrics.acc) > 0.9', { ...accurate, side: { entity: 'metric', key: 'acc', aggregate: 'max' } }],
    ['MIN ( metric.`acc` ) > 0.9', { ...accurate, side: { entity: 'metric', key: 'acc', aggregate: 'min' } }],
    ['first(metrics.acc) > 0.9', { ...accurate, side: { entity: 'metric', key: 'acc', aggregate: 'first' } }],
    ['last(metrics.acc) > 0.9', accurate],
    [
      'max(metrics.acc) IS NULL',
      {
        type: 'comparison',
        side: { entity: 'metric', key: 'acc', aggregate: 'max' },
        operator: 'IS NULL',
        value: null,
      },
    ],
  ])('%s', (text, tree) => {
    expect(parse(text)).toEqual(tree)
  })

  test('a metric may itself be named so', () => {
    expect(parse('metrics.max > 1 AND metrics.acc.max > 1')).toEqual(
      and(comparison('metric', 'max', '>', 1), comparison('metric', 'acc.max', '>', 1)),
    )
  })
})

describe('numbers', () => {
  test.each<[string, Comparison['value']]>([
    ['start_time > 9007199254740991', 9007199254740991],
    ['start_time > 9007199254740993', 9007199254740993n],
    ['start_time > -9223372036854775808', -9223372036854775808n],
    ['start_time > 99999999999999999999', 99999999999999999999n],
    ['start_time > 1.5', 1.5],
    ['metrics.acc > 9007199254740993', 9007199254740992],
    ['metrics.acc > 1e400', Infinity],
  ])('%s', (text, value) => {
    expect(parse(text)).toMatchObject({ value })
  })
})

describe('mistakes', () => {
  test.each([
    ['metrics.acc > 0.9 OR', "Invalid filter string 'metrics.acc > 0.9 OR'. Expected a comparison, found the end"],
    ['(metrics.acc > 0.9', "Invalid filter string '(metrics.acc > 0.9'. Expected ')', found the end"],
    ['(metrics.acc > 0.9))', "Invalid filter string '(metrics.acc > 0.9))'. Expected AND, OR or the end, found ')'"],
    [
      'metrics.acc > 0.9 OR OR metrics.acc > 0.9',
      "Invalid filter string 'metrics.acc > 0.9 OR OR metrics.acc > 0.9'. Expected a comparison, found 'OR'",
    ],
    ['NOT', "Invalid filter string 'NOT'. Expected a comparison, found the end"],
    ['metrics.acc > 0.9 OR foo.bar = 1', /^Invalid entity type 'foo'/],
    ['metrics.acc > 0.9 OR metrics.acc == 1', /^Invalid comparator '=='/],
    [
      'metrics.a > 1 OR metrics.b > 1 metrics.c > 1',
      /^Invalid clause\(s\) in filter string: 'metrics.b > 1 metrics.c > 1'. Expected one comparison/,
    ],
    ['max(params.lr) > 1', /^Invalid max\(…\) in filter string/],
    ['max(metrics.acc) desc > 1', /^Invalid max\(…\) in filter string/],
    ['max(metrics.acc > 1)', /^Invalid max\(…\) in filter string/],
    ["metrics.acc IN ('a')", /expected a list of numbers, but got different type in list: \('a',\)$/],
    ["params.a = 'x' params.b IN ('y')", "Invalid clause(s) in filter string: 'params.a = 'x' params.b'"],
    ["run_id = ('a')", 'A list needs the comparator IN or NOT IN, not ='],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  test('are invalid parameters', () => {
    expect(() => parse('metrics.acc > 0.9 OR')).toThrow(AppError)
    expect(() => parse('metrics.acc > 0.9 OR')).toThrow(expect.objectContaining({ code: 'invalid-parameter' }))
  })

  test.each([
    [
      'brackets',
      `${'('.repeat(100)}metrics.acc > 0.9${')'.repeat(100)}`,
      `${'('.repeat(101)}metrics.acc > 0.9${')'.repeat(101)}`,
    ],
    ['NOT', `${'NOT '.repeat(100)}metrics.acc > 0.9`, `${'NOT '.repeat(101)}metrics.acc > 0.9`],
  ])('%s may be a hundred deep', (_, deep, deeper) => {
    expect(parse(deep)).not.toBeNull()
    expect(() => parse(deeper)).toThrow(/^Error on parsing filter/)
  })

  test.each(['metrics.a = 1 metrics.b IN (1)', "name = 'a' params.b IS NULL"])('a forgotten AND: %s', (text) => {
    expect(() => parseFilter(text, loggedModelVocabulary)).toThrow(/^Invalid filter string/)
  })

  test('aggregates are for runs only', () => {
    expect(() => parseFilter('max(metrics.acc) > 1', loggedModelVocabulary)).toThrow(/^Invalid comparison operator for/)
    expect(() => parseFilter('max(metrics.acc) > 1', experimentVocabulary)).toThrow(/Expected 'Identifier' found/)
  })
})

test('a printed tree reads as the same tree', () => {
  const random = seededRandom(20260430)
  for (let round = 0; round < 1_500; round += 1) {
    const tree = randomFilter(random, 3)
    const text = printFilter(tree)
    expect(parse(text), text).toEqual(tree)
  }
})
