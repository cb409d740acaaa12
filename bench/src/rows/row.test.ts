import { expect, test } from 'vitest'
import { rowResult } from './row.ts'

const head = { id: 'x', title: 'X', unit: '/s' as const, goals: [] }
const sample = (value: number, errors = 0) => ({ value, errors, cpuMs: value / 10 })

test('a cell is the median of its rounds, with all their errors', () => {
  const { cells } = rowResult(head, new Map([['runstead', [sample(10), sample(1000, 2), sample(20, 1)]]]))
  expect(cells.runstead).toMatchObject({ value: 20, cpuMs: 2, errors: 3 })
  expect(cells.runstead).not.toHaveProperty('p50Ms')
  expect(cells.mlflow).toBeUndefined()
})

test('goals compare with another server, or with a limit', () => {
  const goals = [
    { kind: 'times', against: 'mlflow', factor: 60 },
    { kind: 'times', against: 'bare', factor: 0.5 },
    { kind: 'at-most', limit: 500 },
    { kind: 'at-least', limit: 500 },
    { kind: 'times', against: 'mlflow-1', factor: 1 },
  ] as const
  const samples = new Map([
    ['runstead', [sample(600)]],
    ['mlflow', [sample(10)]],
    ['bare', [sample(1300)]],
  ] as const)
  expect(rowResult({ ...head, goals }, samples).goalResults.map(({ measured, met }) => [measured, met])).toEqual([
    [60, true],
    [600 / 1300, false],
    [600, false],
    [600, true],
    [Number.NaN, false],
  ])
})
