import { expect, test } from 'vitest'
import { ShortMemory } from './short-memory.ts'

test('remembers what it was told last, for as long as it shall', () => {
  const memory = new ShortMemory<number>(100, 10)
  memory.set('a', 1, 1000)
  memory.set('a', 2, 1050)
  expect(memory.get('a', 1149)).toBe(2)
  expect(memory.get('a', 1150)).toBeUndefined()
  expect(memory.get('b', 1000)).toBeUndefined()
  memory.delete('a')
  expect(memory.get('a', 1050)).toBeUndefined()
})

test('forgets everything when it is full', () => {
  const memory = new ShortMemory<string>(100, 2)
  memory.set('a', 'x', 0)
  memory.set('b', 'y', 0)
  memory.set('b', 'z', 0)
  expect([memory.get('a', 1), memory.get('b', 1)]).toEqual(['x', 'z'])
  memory.set('c', 'w', 0)
  expect([memory.get('a', 1), memory.get('b', 1), memory.get('c', 1)]).toEqual([undefined, undefined, 'w'])
})
