import { describe, expect, test } from 'vitest'
import { type Response, responseReader } from './response-reader.ts'

const withLength = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"a":"é"}'
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n8;x=1\r\n, \r\nyou!\r\n0\r\nT: 1\r\n\r\n'
const refused =
  'HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 21\r\nConnection: close\r\n\r\n{"error_code":"BUSY"}'
const empty = 'HTTP/1.1 204 No Content\r\n\r\n'

/** Feeds `text` in pieces of `size` bytes and gives back what came out, with the index of the piece. */
function feed(text: string, size: number, keepBody: boolean): Response[] {
  const reader = responseReader(keepBody)
  const bytes = Buffer.from(text)
  const responses: Response[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const response = reader.push(bytes.subarray(at, at + size))
    if (response) responses.push(response)
  }
  return responses
}

describe.each([1, 2, 3, 7, 64, 10_000])('in pieces of %d bytes', (size) => {
  test('reads a body by its length', () => {
    expect(feed(withLength, size, true)).toEqual([{ status: 200, bytes: 10, body: '{"a":"é"}', closes: false }])
  })

  test('reads chunks, their extensions and trailers', () => {
    expect(feed(chunked, size, true)).toEqual([{ status: 200, bytes: 13, body: 'hello, \r\nyou!', closes: false }])
  })

  test('counts a successful body which is not wanted, and keeps that of a refusal', () => {
    expect(feed(withLength, size, false)).toEqual([{ status: 200, bytes: 10, body: '', closes: false }])
    expect(feed(refused, size, false)).toEqual([
      { status: 429, bytes: 21, body: '{"error_code":"BUSY"}', closes: true },
    ])
  })

  test('needs no length for a status without a body', () => {
    expect(feed(empty, size, false)).toEqual([{ status: 204, bytes: 0, body: '', closes: false }])
  })
})

test('starts afresh for the next response of the connection', () => {
  const reader = responseReader(true)
  expect(reader.push(Buffer.from(chunked))?.body).toBe('hello, \r\nyou!')
  expect(reader.push(Buffer.from(withLength))?.body).toBe('{"a":"é"}')
  expect(reader.push(Buffer.from(empty))?.body).toBe('')
})

test.each([
  ['bytes after the end', `${withLength}X`, /1 bytes after the end/],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', /not an HTTP\/1.1 response/],
  ['a body without an end', 'HTTP/1.1 200 OK\r\n\r\nabc', /neither length nor chunks/],
  ['a bad chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n', /not a chunk size/],
])('refuses %s', (_, text, message) => {
  expect(() => responseReader(true).push(Buffer.from(text))).toThrow(message)
})
