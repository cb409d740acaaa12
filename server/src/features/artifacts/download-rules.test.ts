import { describe, expect, test } from 'vitest'
import { type DownloadHeaders, decideDownload } from './download-rules.ts'

const file = { size: 11, etag: '"e1"', lastModified: new Date('2026-11-24T20:04:44.622Z') }
const modified = 'Tue, 24 Nov 2026 20:04:44 GMT'
const before = 'Tue, 24 Nov 2026 20:04:43 GMT'
const after = 'Tue, 24 Nov 2026 20:04:45 GMT'

const decide = (headers: DownloadHeaders, method = 'GET', size = file.size) =>
  decideDownload(method, headers, { ...file, size })
const whole = { kind: 'whole' }
const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } })
const unsatisfiable = { kind: 'range-not-satisfiable' }
const malformed = (message: string) => ({ kind: 'malformed-range', message })

describe('a range', () => {
  test.each([
    ['bytes=0-3', part(0, 3)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=-3', part(8, 10)],
    ['bytes=5-', part(5, 10)],
    ['bytes=5-100', part(5, 10)],
    ['bytes=10-10', part(10, 10)],
    ['bytes=-100', part(0, 10)],
    ['bytes = 0-3', part(0, 3)],
    ['BYTES=0-3', part(0, 3)],
    ['bytes=0-1, 2-4', part(0, 4)],
    ['bytes=2-4,0-3', part(0, 4)],
    ['bytes=0-1,3-4', whole],
    [`bytes=${Array.from({ length: 101 }, () => '0-0').join(',')}`, whole],
    ['bytes=11-', unsatisfiable],
    ['bytes=50-60', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=0-1,50-', unsatisfiable],
    ['bytes=99999999999999999999-', unsatisfiable],
    ['bytes=4-2', malformed('Range header: start must be less than end')],
    ['bytes=a-b', malformed('Range header: range must be requested')],
    ['bytes=', malformed('Range header: range must be requested')],
    ['bytes=-', malformed('Range header: range must be requested')],
    ['bytes', malformed('Malformed range header.')],
    ['items=0-1', malformed('Only support bytes range')],
  ])('%s', (range, decision) => {
    expect(decide({ range })).toEqual(decision)
  })

  test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of an empty file cannot be satisfied', (range) => {
    expect(decide({ range }, 'GET', 0)).toEqual(unsatisfiable)
  })

  test('means nothing to HEAD', () => {
    expect(decide({ range: 'bytes=0-3' }, 'HEAD')).toEqual(whole)
  })

  test.each([
    ['"e1"', part(0, 3)],
    [modified, part(0, 3)],
    ['"other"', whole],
    ['W/"e1"', whole],
    [before, whole],
    [after, whole],
    ['nonsense', whole],
  ])('with If-Range %s', (ifRange, decision) => {
    expect(decide({ range: 'bytes=0-3', 'if-range': ifRange })).toEqual(decision)
  })
})

describe('conditions', () => {
  const notModified = { kind: 'not-modified' }
  const failed = { kind: 'precondition-failed' }

  test.each([
    [{ 'if-none-match': '"e1"' }, notModified],
    [{ 'if-none-match': 'W/"e1"' }, notModified],
    [{ 'if-none-match': '*' }, notModified],
    [{ 'if-none-match': '"a", "e1"' }, notModified],
    [{ 'if-none-match': ['"a"', '"e1"'] }, notModified],
    [{ 'if-none-match': '"a"' }, whole],
    [{ 'if-none-match': 'e1' }, whole],
    [{ 'if-modified-since': modified }, notModified],
    [{ 'if-modified-since': after }, notModified],
    [{ 'if-modified-since': before }, whole],
    [{ 'if-modified-since': 'nonsense' }, whole],
    [{ 'if-none-match': '"a"', 'if-modified-since': modified }, whole],
    [{ 'if-match': '"e1"' }, whole],
    [{ 'if-match': '*' }, whole],
    [{ 'if-match': '"a"' }, failed],
    [{ 'if-match': 'W/"e1"' }, failed],
    [{ 'if-unmodified-since': before }, failed],
    [{ 'if-unmodified-since': modified }, whole],
    [{ 'if-match': '"e1"', 'if-unmodified-since': before }, whole],
    [{ 'if-match': '"a"', 'if-none-match': '"e1"' }, failed],
    [{ 'if-none-match': '"e1"', range: 'bytes=0-3' }, notModified],
    [{ 'if-match': '"e1"', range: 'bytes=0-3' }, part(0, 3)],
  ] as [DownloadHeaders, object][])('%j', (headers, decision) => {
    expect(decide(headers)).toEqual(decision)
    expect(decide(headers, 'HEAD')).toEqual('range' in decision ? whole : decision)
  })
})
