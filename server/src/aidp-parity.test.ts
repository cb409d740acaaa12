import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handlers } from './app.ts'
import { absentOperations, aidpOperations } from './contract/aidp/aidp-contract.ts'
import { declaredOperations, parityPage, parityProblems } from './testing/aidp-parity.ts'

const declared = declaredOperations(handlers)

test('every endpoint that is an operation of AIDP is as the contract has it, and none is missing but deployments', () => {
  expect(parityProblems(declared)).toEqual([])
  expect(aidpOperations.filter(({ n }) => n <= 62)).toHaveLength(49)
  expect(absentOperations.map(({ n }) => n)).toEqual([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60])
})

test('a difference is found', () => {
  const [first] = declared
  if (first === undefined) throw new Error('nothing is declared')
  const wrong = { ...first, operation: { ...first.operation, method: 'PUT', profile: 'L' } as const }
  const withoutFields = {
    ...first,
    endpoint: { ...first.endpoint, request: { ...first.endpoint.request, fields: {} } },
  }
  expect(parityProblems([wrong, ...declared.slice(1)])).toHaveLength(2)
  expect(parityProblems([withoutFields, ...declared.slice(1)]).length).toBeGreaterThan(0)
  expect(parityProblems(declared.slice(1))).toEqual([`${first.operation.operation}: not declared`])
})

test('the guide shows the table (vitest -u writes the page anew)', async () => {
  await expect(parityPage(declared)).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/guide/aidp-parity.md'))
})
