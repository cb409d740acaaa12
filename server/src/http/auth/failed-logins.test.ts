import { expect, test } from 'vitest'
import { FailedLogins, placeOfAddress } from './failed-logins.ts'

test('AUTHN-03 after ten different wrong credentials each further one doubles the wait, up to a minute', () => {
  const failed = new FailedLogins()
  for (let n = 1; n < 10; n++) failed.note(['a'], `${n}`, 0)
  expect(failed.waitOf('a', undefined, 0)).toBe(0)
  failed.note(['a'], '10', 0)
  expect(failed.waitOf('a', 'b', 0)).toBe(1000)
  failed.note(['a'], '11', 1000)
  expect(failed.waitOf('a', undefined, 1000)).toBe(2000)
  for (let n = 12; n < 40; n++) failed.note(['a'], `${n}`, 2000)
  expect(failed.waitOf('a', undefined, 2000)).toBe(60_000)
  expect(failed.waitOf('a', undefined, 62_000)).toBe(0)
  expect(failed.waitOf('b', undefined, 2000)).toBe(0)
})

test('a wrong credential that is sent again and again counts once', () => {
  const failed = new FailedLogins()
  for (let n = 0; n < 1000; n++) failed.note(['a'], 'the same', n)
  expect(failed.waitOf('a', undefined, 1000)).toBe(0)
})

test('a quarter of an hour without a failure clears them, and so does a login', () => {
  const failed = new FailedLogins()
  for (let n = 1; n <= 12; n++) failed.note(['a', 'b'], `${n}`, 0)
  failed.forget('b')
  expect(failed.waitOf('b', undefined, 0)).toBe(0)
  failed.note(['a'], 'later', 15 * 60_000 + 1)
  expect(failed.waitOf('a', undefined, 15 * 60_000 + 1)).toBe(0)
})

test('a flood of places does not take all memory, and the place that is guessing stays', () => {
  const failed = new FailedLogins()
  for (let n = 0; n < 30_000; n++) failed.note(['guesser', `account ${n}`], `${n}`, 0)
  expect(failed.waitOf('guesser', undefined, 0)).toBe(60_000)
})

test.each([
  ['127.0.0.1', 'address 127.0.0.1'],
  ['::ffff:10.0.0.1', 'address 10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', 'network 2001:db8:1:2'],
  ['2001:db8:1:2::9', 'network 2001:db8:1:2'],
  ['2001:db8::9', 'network 2001:db8:0:0'],
  ['::1', 'network 0:0:0:0'],
])('the place of %s is %s', (address, place) => {
  expect(placeOfAddress(address)).toBe(place)
})

test('AUTHN-03 an account that others guess at makes wait those who have guessed themselves', () => {
  const failed = new FailedLogins()
  for (let n = 0; n < 10; n++) failed.note([`address ${n}`, 'account'], `${n}`, 0)
  expect(failed.waitOf('address 0', 'account', 0)).toBe(1000)
  expect(failed.waitOf('address 0', 'other account', 0)).toBe(0)
  expect(failed.waitOf('the owner', 'account', 0)).toBe(0)
})
