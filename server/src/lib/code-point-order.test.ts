import { expect, test } from 'vitest'
import { createRandom } from '../testing/random.ts'
import { compareByCodePoint } from './code-point-order.ts'

test('orders as UTF-8 bytes do', () => {
  const random = createRandom(5)
  const letters = ['a', 'b', '', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}']
  const word = () => Array.from({ length: 3 }, () => random.pick(letters)).join('')
  for (let round = 0; round < 2_000; round++) {
    const [left, right] = [word(), word()]
    const expected = Buffer.compare(Buffer.from(left), Buffer.from(right))
    expect(Math.sign(compareByCodePoint(left, right)), `${left} ${right}`).toBe(expected)
  }
})
