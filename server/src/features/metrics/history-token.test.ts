import { expect, test } from 'vitest'
import { int64Max, int64Min } from '../../lib/int64.ts'
import { historyToken, placeOfToken } from './history-token.ts'

const history = { runId: 'r', metric: 'm' }

test.each([
  { timestamp: 1700000000000, step: 0, value: 0.1 },
  { timestamp: int64Max, step: int64Min, value: -1.7976931348623157e308 },
  { timestamp: -1, step: 2n ** 53n, value: Number.NaN },
  { timestamp: 0, step: 0, value: 5e-324 },
])('a page token holds the place %o exactly', (place) => {
  expect(placeOfToken(historyToken(place, history), history)).toEqual(place)
  expect(() => placeOfToken(historyToken(place, history), { ...history, metric: 'n' })).toThrow('Invalid page token')
  expect(() => placeOfToken(historyToken(place, history), { ...history, runId: 's' })).toThrow('Invalid page token')
})

test.each(['!', 'x', Buffer.from('1 2').toString('base64url'), Buffer.from('1 2 x').toString('base64url')])(
  'the token %j is refused',
  (token) => {
    expect(() => placeOfToken(token, history)).toThrow(expect.objectContaining({ code: 'invalid-parameter' }))
  },
)
