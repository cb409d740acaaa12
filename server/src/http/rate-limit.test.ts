import { expect, test } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

test('LIM-14 a caller who sends more than its share is refused until its bucket fills again; others are not', () => {
  let now = 0
  const limit = createRateLimit({ perSecond: 2, burst: 5, now: () => now })
  for (let i = 0; i < 5; i++) limit.take('a')
  expect(() => limit.take('a')).toThrow(
    expect.objectContaining({ code: 'overloaded', details: { retryAfterSeconds: 1 } }),
  )
  limit.take('b')
  now += 499
  expect(() => limit.take('a')).toThrow()
  now += 1
  limit.take('a')
  expect(() => limit.take('a')).toThrow()
  now += 3_600_000
  for (let i = 0; i < 5; i++) limit.take('a')
  expect(() => limit.take('a')).toThrow()
})

test('a slow rate says truly when to come back', () => {
  const limit = createRateLimit({ perSecond: 0.1, burst: 1, now: () => 0 })
  limit.take('a')
  expect(() => limit.take('a')).toThrow(expect.objectContaining({ details: { retryAfterSeconds: 10 } }))
})

test('a clock that goes back gives nothing and takes nothing', () => {
  let now = 10_000
  const limit = createRateLimit({ perSecond: 1, burst: 2, now: () => now })
  limit.take('a')
  now = 0
  limit.take('a')
  expect(() => limit.take('a')).toThrow()
})

test('0 limits nobody; many principals do not fill the memory', () => {
  const none = createRateLimit({ perSecond: 0, burst: 1 })
  for (let i = 0; i < 100; i++) none.take('a')
  const limit = createRateLimit({ perSecond: 1, burst: 1, now: () => 0 })
  for (let i = 0; i < 60_000; i++) limit.take(`caller ${i}`)
  expect(() => limit.take('caller 59999')).toThrow()
})
