import { expect, test } from 'vitest'
import { madeOnce } from './made-once.ts'

test('makes one for all who ask, and tries again after a failure', async () => {
  let calls = 0
  const get = madeOnce(async () => {
    calls++
    if (calls === 1) throw new Error('not yet')
    return { calls }
  })
  expect(calls).toBe(0)
  const failed = await Promise.allSettled([get(), get()])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const [one, same] = await Promise.all([get(), get()])
  expect(one).toEqual({ calls: 2 })
  expect(same).toBe(one)
  expect(await get()).toBe(one)
})
