import { expect, test } from 'vitest'
import { checkDatasetInput } from './dataset-input-rules.ts'

test('fills in what is missing; an empty schema or profile counts as none', () => {
  const nothing = { name: '', digest: '', source_type: '', source: '', schema: null, profile: null }
  expect(checkDatasetInput({ tags: [] })).toEqual({ dataset: nothing, tags: [] })
  expect(checkDatasetInput({ dataset: { schema: '', profile: '' }, tags: [{ key: 'k' }, {}] })).toEqual({
    dataset: nothing,
    tags: [
      { key: 'k', value: '' },
      { key: '', value: '' },
    ],
  })
})

test.each([
  ['name', 500],
  ['digest', 36],
  ['source', 65_535],
  ['schema', 1_048_575],
  ['profile', 16_777_215],
])('%s: %d characters are taken, one more is not', (field, limit) => {
  const longest = 'x'.repeat(limit)
  expect(checkDatasetInput({ dataset: { [field]: longest }, tags: [] }).dataset).toMatchObject({ [field]: longest })
  expect(() => checkDatasetInput({ dataset: { [field]: `${longest}x` }, tags: [] })).toThrow(
    `'${field}' exceeds the maximum length of ${limit} characters`,
  )
})

test('the source type is not limited', () => {
  const source_type = 'x'.repeat(1000)
  expect(checkDatasetInput({ dataset: { source_type }, tags: [] }).dataset.source_type).toBe(source_type)
})
