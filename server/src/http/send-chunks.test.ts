import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { sendChunks } from './send-chunks.ts'

const mebibyte = 1024 * 1024
let server: FastifyInstance
afterEach(() => server.close())

/** Asks a server for the chunks; resolves with the head of its answer. */
async function ask(chunks: () => AsyncIterable<Buffer>, length: number): Promise<IncomingMessage> {
  server = fastify({ logger: false, forceCloseConnections: true })
  server.get('/', async (_request, reply) => {
    reply.header('content-length', length)
    await sendChunks(reply, chunks())
    return reply
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const asked = request({ port: (server.server.address() as AddressInfo).port, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return answer
}

test('chunks arrive whole though their memory is used again', async () => {
  const memory = Buffer.alloc(mebibyte)
  const answer = await ask(async function* () {
    for (let turn = 0; turn < 20; turn++) yield memory.fill(turn)
  }, 20 * mebibyte)
  expect(answer.statusCode).toBe(200)
  let taken = 0
  let wrong = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    for (const byte of piece) if (byte !== Math.floor(taken++ / mebibyte)) wrong++
    if (taken < mebibyte) await sleep(5)
  }
  expect([taken, wrong]).toEqual([20 * mebibyte, 0])
})

test('no chunks are an empty answer', async () => {
  const answer = await ask(async function* () {}, 0)
  expect(answer.statusCode).toBe(200)
  expect(await answer.toArray()).toEqual([])
})

test('a failure before the first chunk is answered', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it yields.
  const answer = await ask(async function* (): AsyncGenerator<Buffer> {
    throw new Error('no disk')
  }, 10)
  expect(answer.statusCode).toBe(500)
})

test('a later failure cuts the connection, so that nobody takes the part for the whole', async () => {
  const answer = await ask(async function* () {
    yield Buffer.alloc(10)
    throw new Error('no disk any more')
  }, 20)
  expect(answer.statusCode).toBe(200)
  await expect(answer.toArray()).rejects.toThrow('aborted')
})

test('a reader that goes away ends the iteration', async () => {
  let ended = false
  const answer = await ask(async function* () {
    try {
      for (;;) yield Buffer.alloc(mebibyte)
    } finally {
      ended = true
    }
  }, 1024 * mebibyte)
  answer.on('error', () => {})
  answer.destroy()
  await expect.poll(() => ended, { timeout: 10_000 }).toBe(true)
})
