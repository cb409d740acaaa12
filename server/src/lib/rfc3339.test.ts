import { expect, test } from 'vitest'
import { rfc3339 } from './rfc3339.ts'

test('times have milliseconds and a Z', () => {
  expect(rfc3339(1_767_225_600_007)).toBe('2026-01-01T00:00:00.007Z')
})
