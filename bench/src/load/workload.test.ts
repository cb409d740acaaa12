import { expect, test } from 'vitest'
import { nextPageToken, payloadSource } from './workload.ts'

const address = { host: '127.0.0.1', port: 1 }

test('the token is found in compact and in indented answers, and only there', () => {
  expect(nextPageToken('{"runs":[{}],"next_page_token":"abc="}')).toBe('abc=')
  expect(nextPageToken('{\n  "runs": [],\n  "next_page_token": "eyJ"\n}')).toBe('eyJ')
  expect(nextPageToken('{"runs":[{}]}')).toBeUndefined()
  expect(nextPageToken('')).toBeUndefined()
})

test('paging starts again after the last page', () => {
  const next = payloadSource({ kind: 'paging', body: { max_results: 2 } }, address, 0, 1)
  expect(String(next('')?.bytes)).toMatch(/\{"max_results":2\}$/)
  expect(String(next('{"next_page_token":"t"}')?.bytes)).toMatch(/\{"max_results":2,"page_token":"t"\}$/)
  expect(String(next('{"runs":[]}')?.bytes)).toMatch(/\{"max_results":2\}$/)
})

test('connections share the files of an upload without meeting', () => {
  const sources = [0, 1].map((connection) =>
    payloadSource({ kind: 'upload', path: '/a', count: 3, bytes: 5 }, address, connection, 2),
  )
  const paths = sources.flatMap((next) => {
    const found: string[] = []
    for (let payload = next(''); payload; payload = next('')) found.push(/PUT (\S+)/.exec(String(payload.bytes))![1]!)
    return found
  })
  expect(paths.sort()).toEqual(['/a/0', '/a/1', '/a/2'])
})
