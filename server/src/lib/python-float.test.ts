import { expect, test } from 'vitest'
import { formatPythonFloat } from './python-float.ts'

// Expected texts are what CPython 3.11 prints for repr(value).
test.each([
  [1, '1.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e16, '1.5e+16'],
  [123456789012345680, '1.2345678901234568e+17'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.2345e-7, '1.2345e-07'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [5e-324, '5e-324'],
])('prints %d as %s', (value, text) => {
  expect(formatPythonFloat(value)).toBe(text)
})
