import { expect, test } from 'vitest'
import { StatementNames } from './statement-names.ts'

test('a text is named when it has come often enough, and keeps its name', () => {
  const names = new StatementNames(3)
  expect([1, 2, 3, 4].map(() => names.nameOf('select 1'))).toEqual([
    undefined,
    undefined,
    expect.stringMatching(/^r_[\w-]{22}$/),
    expect.stringMatching(/^r_[\w-]{22}$/),
  ])
  expect(names.nameOf('select 1')).toBe(names.nameAlways('select 1'))
  expect(names.nameAlways('select 2')).not.toBe(names.nameAlways('select 1'))
})

test('there are no more names than wanted, but for constant texts', () => {
  const names = new StatementNames(1, 2)
  expect([names.nameOf('a'), names.nameOf('b'), names.nameOf('c')]).toEqual([
    expect.any(String),
    expect.any(String),
    undefined,
  ])
  expect(names.nameAlways('d')).toEqual(expect.any(String))
  expect(names.nameOf('a')).toEqual(expect.any(String))
})

test('texts that come once are forgotten', () => {
  const names = new StatementNames(2, 3)
  names.nameOf('early')
  for (let number = 0; number < 10; number++) names.nameOf(`text ${number}`)
  expect(names.nameOf('early')).toBeUndefined()
  expect(names.nameOf('early')).toEqual(expect.any(String))
})
