import { expect, test } from 'vitest'
import { refuseBeyondAidp } from './aidp-filter-rules.ts'
import { parseFilter } from './filter-parser.ts'
import { runVocabulary } from './vocabulary/run-vocabulary.ts'

const refuse = (filter: string) => refuseBeyondAidp(parseFilter(filter, runVocabulary))

test('a filter has at most 200 comparisons', () => {
  const filter = (count: number) => Array.from({ length: count }, (_, place) => `metrics.m${place} > 1`).join(' AND ')
  refuseBeyondAidp(null)
  refuse(filter(1))
  refuse(filter(200))
  expect(() => refuse(filter(201))).toThrow("'filter' may have at most 200 comparisons; it has 201.")
})

test.each(["tags.a LIKE 'x%'", "tags.a IN ('x', 'y') and params.b != 'z'", "params.a = 'x' AND tags.b ILIKE '%y%'"])(
  'takes what MLflow takes: %s',
  (filter) => refuse(filter),
)

test.each([
  ["tags.a = 'x' OR tags.b = 'y'", 'no OR'],
  ["NOT tags.a = 'x'", 'no NOT'],
  ["tags.c = 'z' AND (tags.a = 'x' OR tags.b = 'y')", 'no OR'],
  ['max(metrics.acc) > 0.9', 'no functions'],
])('refuses %s', (filter, rule) => {
  expect(() => refuse(filter)).toThrow(rule)
})
