import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { runClosedLoop } from './closed-loop.ts'
import { get, putFile } from './payload.ts'

/** Runs `count` requests on each of `connections` connections against a server with this listener. */
async function load(listener: RequestListener, connections: number, count: number, upload = 0) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const address = { host: '127.0.0.1', port: bound.port }
  const block = Buffer.alloc(64 * 1024, 'x')
  try {
    return await runClosedLoop({
      address,
      connections,
      seconds: 10,
      keepBody: false,
      source: () => {
        let left = count
        return () =>
          left-- === 0 ? undefined : upload > 0 ? putFile(address, '/file', block, upload) : get(address, '/')
      },
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('counts every answer once, one request at a time on each connection', async () => {
  let underWay = 0
  let most = 0
  const result = await load(
    (_, response) => {
      most = Math.max(most, ++underWay)
      setTimeout(() => {
        underWay--
        response.end('hello')
      }, 2)
    },
    4,
    25,
  )
  expect(result).toMatchObject({ completed: 100, bytes: 500, errors: {}, firstError: undefined })
  expect(most).toBeLessThanOrEqual(4)
  expect(result.p50Ms).toBeGreaterThanOrEqual(1)
  expect(result.p99Ms).toBeLessThanOrEqual(result.maxMs)
})

test('a refusal is an error, not an answer', async () => {
  let n = 0
  const result = await load((_, response) => response.writeHead(n++ % 2 === 0 ? 200 : 429).end('too fast'), 1, 10)
  expect(result).toMatchObject({ completed: 5, errors: { 429: 5 }, firstError: '429 too fast' })
})

test('a broken connection is an error, and the next request gets a new one', async () => {
  let n = 0
  const result = await load((request, response) => (n++ === 1 ? request.socket.destroy() : response.end()), 1, 4)
  expect(result.completed).toBe(3)
  expect(Object.values(result.errors)).toEqual([1])
})

test('a server that closes after each answer is followed with new connections', async () => {
  const result = await load((_, response) => response.writeHead(200, { connection: 'close' }).end('x'), 2, 5)
  expect(result).toMatchObject({ completed: 10, firstError: undefined })
})

test('streams a body of the announced length', async () => {
  const received: number[] = []
  const result = await load(
    (request, response) => {
      let length = 0
      request.on('data', (chunk: Buffer) => {
        length += chunk.length
      })
      request.on('end', () => {
        received.push(length)
        response.end()
      })
    },
    2,
    2,
    3_000_001,
  )
  expect(result.completed).toBe(4)
  expect(received).toEqual([3_000_001, 3_000_001, 3_000_001, 3_000_001])
})

test('a refusal in the middle of an upload does not spoil the next request', async () => {
  let n = 0
  const result = await load(
    (request, response) => {
      if (n++ === 0) response.writeHead(413).end('too large')
      else request.resume().on('end', () => response.end())
    },
    1,
    2,
    5_000_000,
  )
  expect(result).toMatchObject({ completed: 1, errors: { 413: 1 }, firstError: '413 too large' })
})
