import { describe, expect, test } from 'vitest'
import { checkBatchSize, checkParamsDistinct } from './batch-rules.ts'
import { checkMetric, checkParam, checkRunIdForm, checkTag, clampInfinity } from './run-rules.ts'

const longest = 'k'.repeat(250)
const tooLong = 'k'.repeat(251)

describe('metrics', () => {
  test('name, then timestamp, then length are checked', () => {
    expect(() => checkMetric(longest, 1, 0)).not.toThrow()
    expect(() => checkMetric('a$', 1, -1)).toThrow("parameter 'name' supplied: Names may only")
    expect(() => checkMetric('a$', 1, -1, 3)).toThrow("parameter 'metrics[3].name' supplied")
    expect(() => checkMetric(tooLong, 1, 1)).toThrow(/^'Metric name' exceeds the maximum length of 250 characters$/)
    expect(() => checkMetric(tooLong, 1, -1)).toThrow('Timestamp must be')
  })

  test.each([
    [1, '1.0'],
    [1e20, '1e+20'],
    [1e-7, '1e-07'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('a negative timestamp is refused with the value %d as Python prints it', (value, printed) => {
    expect(() => checkMetric('m', value, -9223372036854775808n)).toThrow(
      `Invalid value -9223372036854775808 for parameter 'timestamp' supplied: metric 'm' (value=${printed}). ` +
        'Timestamp must be a nonnegative long (64-bit integer) ',
    )
  })

  test('infinities become the greatest double', () => {
    expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 5].map(clampInfinity)).toEqual([
      1.7976931348623157e308,
      -1.7976931348623157e308,
      Number.NaN,
      -0,
      5,
    ])
  })
})

describe('params and tags', () => {
  test('an absent value is empty, a long one is cut', () => {
    expect(checkParam('p')).toEqual({ key: 'p', value: '' })
    expect(checkParam('p', 'é'.repeat(6001)).value).toBe('é'.repeat(6000))
    expect(checkTag('t', '😀'.repeat(8001)).value).toBe('😀'.repeat(8000))
    expect(checkTag('t', 'x'.repeat(8000)).value).toHaveLength(8000)
  })

  test('keys are limited, with the words of each', () => {
    expect(() => checkParam(tooLong)).toThrow(/^'Param key' exceeds the maximum length of 250 characters$/)
    expect(() => checkTag(tooLong)).toThrow(/^'key' exceeds the maximum length of 250 characters$/)
    expect(() => checkTag(tooLong, '', 'tags[0].')).toThrow(/^'tags\[0\]\.key' exceeds/)
    expect(() => checkParam('a/', '', 'params[1].')).toThrow('Invalid value "a/" for parameter \'params[1].key\'')
  })
})

test('run ids are letters, digits, _ and -, and start with an ASCII letter or digit', () => {
  for (const id of ['a', '0'.repeat(256), 'run-1_é', 'a\n']) expect(() => checkRunIdForm(id)).not.toThrow()
  for (const id of ['', '-a', 'a/b', 'é', '0'.repeat(257), 'a b']) {
    expect(() => checkRunIdForm(id)).toThrow("for parameter 'run_id' supplied.")
  }
  expect(() => checkRunIdForm('a/b')).toThrow(/^Invalid value "a\/b" for parameter 'run_id' supplied\.$/)
})

describe('batches', () => {
  test('hold 1,000 metrics, 100 params, 100 tags, 1,000 together', () => {
    expect(() => checkBatchSize(800, 100, 100)).not.toThrow()
    expect(() => checkBatchSize(1000, 0, 0)).not.toThrow()
    expect(() => checkBatchSize(1001, 0, 0)).toThrow(
      'A batch logging request can contain at most 1000 metrics. Got 1001 metrics. ' +
        'Please split up metrics across multiple requests and try again.',
    )
    expect(() => checkBatchSize(0, 101, 0)).toThrow('at most 100 params. Got 101 params.')
    expect(() => checkBatchSize(0, 0, 101)).toThrow('at most 100 tags. Got 101 tags.')
    expect(() => checkBatchSize(901, 50, 50)).toThrow('at most 1000 metrics, params, and tags. Got 1001 metrics,')
  })

  test('name each param once', () => {
    expect(() => checkParamsDistinct([{ key: 'a' }, { key: 'b' }])).not.toThrow()
    expect(() => checkParamsDistinct(['t', 't', 't', 'u', 'u'].map((key) => ({ key })))).toThrow(
      "Duplicate parameter keys have been submitted: ['t', 't', 'u']. " +
        'Please ensure the request contains only one param value per param key.',
    )
  })
})
