import { expect, test } from 'vitest'
import { parseFilter } from './filter-parser.ts'
import { refuseManyComparisons } from './filter-size.ts'
import { runVocabulary } from './vocabulary/run-vocabulary.ts'

test('a filter has at most 200 comparisons', () => {
  const filter = (count: number) =>
    parseFilter(Array.from({ length: count }, (_, place) => `metrics.m${place} > 1`).join(' AND '), runVocabulary)
  refuseManyComparisons(null)
  refuseManyComparisons(filter(1))
  refuseManyComparisons(filter(200))
  expect(() => refuseManyComparisons(filter(201))).toThrow("'filter' may have at most 200 comparisons; it has 201.")
  const mixed = parseFilter(`NOT (${Array.from({ length: 201 }, () => "tags.a = 'b'").join(' OR ')})`, runVocabulary)
  expect(() => refuseManyComparisons(mixed)).toThrow('it has 201')
})
