import { describe, expect, test } from 'vitest'
import { bool, double, enumeration, int32, int64, list, message, required, string } from '../../contract/wire.ts'
import { decodeMessage } from './decode-message.ts'

const Metric = message('Metric', {
  key: required(string()),
  value: required(double()),
  timestamp: required(int64()),
  step: int64(),
})
const Log = message('Log', {
  run_id: required(string(), 'run_uuid'),
  metrics: list(Metric),
  status: enumeration('Status', { RUNNING: 1, FINISHED: 3 }),
  max_results: int32(),
  flag: bool(),
})
const decode = (json: Record<string, unknown>) => decodeMessage(Log, json)

describe('what is accepted', () => {
  test('numbers in strings, camelCase, enum numbers, unknown fields', () => {
    expect(
      decode({
        run_id: 'r',
        maxResults: '15',
        status: 3,
        nope: 1,
        metrics: [{ key: 'k', value: '1e3', timestamp: '7' }],
      }),
    ).toEqual({ run_id: 'r', max_results: 15, status: 'FINISHED', metrics: [{ key: 'k', value: 1000, timestamp: 7 }] })
  })
  test('run_uuid for run_id', () => expect(decode({ run_uuid: 'r' })).toEqual({ run_id: 'r', metrics: [] }))
  test('null is absent', () =>
    expect(decode({ run_id: 'r', status: null, metrics: null })).toEqual({ run_id: 'r', metrics: [] }))
  test('integral floats and exact 64-bit integers', () => {
    const decoded = decode({
      run_id: 'r',
      metrics: [{ key: 'k', value: 1, timestamp: 1.0, step: '9223372036854775807' }],
    })
    expect(decoded.metrics[0]?.step).toBe(9223372036854775807n)
  })
  test.each([
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['inf', Number.POSITIVE_INFINITY],
    [true, 1],
  ])('a value of %s', (value, expected) => {
    expect(decode({ run_id: 'r', metrics: [{ key: 'k', value, timestamp: 1 }] }).metrics[0]?.value).toBe(expected)
  })
})

describe('what is refused, and how', () => {
  const seeDocs = 'See the API docs for more information about request parameters.'
  test.each([
    [{}, `Missing value for required parameter 'run_id'. ${seeDocs}`],
    [{ run_id: '' }, `Missing value for required parameter 'run_id'. ${seeDocs}`],
    [{ run_id: 5 }, `Invalid value 5 for parameter 'run_id' supplied:  Hint: Value was of type 'int'. ${seeDocs}`],
    [
      { run_id: 'r', metrics: {} },
      `Invalid value {} for parameter 'metrics' supplied:  Hint: Value was of type 'dict'. ${seeDocs}`,
    ],
    [
      { run_id: 'r', metrics: [{ key: 'k', timestamp: 1 }] },
      `Missing value for required parameter 'metrics[0].value'. ${seeDocs}`,
    ],
    [
      { run_id: 'r', metrics: [{ key: 'k', value: 'abc', timestamp: 1 }] },
      `Invalid value "abc" for parameter 'metrics[0].value' supplied: it must be a number, or one of the strings "NaN", "Infinity" and "-Infinity".`,
    ],
    [
      { run_id: 'r', metrics: [{ key: 'k', value: 1, timestamp: 1.5 }] },
      `Invalid value 1.5 for parameter 'metrics[0].timestamp' supplied: it must be a 64-bit integer.`,
    ],
    [
      { run_id: 'r', status: 'NOPE' },
      `Invalid value "NOPE" for parameter 'status' supplied: it must be one of RUNNING, FINISHED.`,
    ],
    [
      { run_id: 'r', max_results: 2 ** 31 },
      `Invalid value 2147483648 for parameter 'max_results' supplied: it must be a 32-bit integer.`,
    ],
    [{ run_id: 'r', flag: 'true' }, `Invalid value "true" for parameter 'flag' supplied: it must be true or false.`],
    [
      { run_id: 'a\0b' },
      `Invalid value "a\\u0000b" for parameter 'run_id' supplied: it must not hold the character U+0000.`,
    ],
    [
      { run_id: 'r', max_results: 1, maxResults: 1 },
      `Request specifies both 'max_results' and 'maxResults'; provide only one of them.`,
    ],
    [{ run_id: 'r', metrics: [null] }, `Invalid value null for parameter 'metrics[0]' supplied: it must be an object.`],
  ])('%j', (json, text) => {
    expect(() => decode(json)).toThrow(text)
  })
})
