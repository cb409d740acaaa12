import { expect, test } from 'vitest'
import { firstExperimentOf } from './experiment-number.ts'
import { tenantOf } from './tenant.ts'

test('each workspace has a range of experiment numbers of its own, and stays exact', () => {
  expect(firstExperimentOf(tenantOf(1))).toBe(0)
  expect(firstExperimentOf(tenantOf(2))).toBe(1_000_000_000)
  expect(Number.isSafeInteger(firstExperimentOf(tenantOf(9_000_000)))).toBe(true)
})
