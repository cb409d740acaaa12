import { expect, test } from 'vitest'
import { modelNameParts } from './registered-model-rules.ts'

test.each([
  ['a.b.c', { catalog: 'a', schema: 'b', model: 'c' }],
  ['churn', { catalog: 'default', schema: 'default', model: 'churn' }],
  ['a.b', { catalog: 'default', schema: 'default', model: 'a.b' }],
  ['a..c', { catalog: 'default', schema: 'default', model: 'a..c' }],
  ['a.b.c.d', { catalog: 'default', schema: 'default', model: 'a.b.c.d' }],
])('%s lies in its catalog and schema', (name, parts) => {
  expect(modelNameParts(name)).toEqual(parts)
})
