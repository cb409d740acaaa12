import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { outboundPost } from './outbound-post.ts'

const rules = { schemes: ['http'], privateTargets: true } as const
const never = new AbortController().signal

async function serve(answer: RequestListener): Promise<AsyncDisposable & { readonly url: URL }> {
  const server = createServer(answer)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
}

test('posts to the path and query, and tells status and retry-after', async () => {
  const seen: string[] = []
  await using server = await serve((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`)
    response.writeHead(429, { 'retry-after': '7' }).end('x')
  })
  expect(await outboundPost(server.url, {}, '{}', rules, never)).toEqual({ status: 429, retryAfter: '7' })
  expect(seen).toEqual([`POST /path?query ${server.url.host}`])
})

test('SSRF-09 stops reading an endless answer', async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200)
    const more = () => {
      while (response.write('x'.repeat(16_384)));
    }
    response.on('drain', more)
    more()
  })
  expect(await outboundPost(server.url, {}, '{}', rules, never)).toMatchObject({ status: 200 })
})

test('ends when it is told to', async () => {
  const stop = new AbortController()
  await using server = await serve(() => stop.abort())
  await expect(outboundPost(server.url, {}, '{}', rules, stop.signal)).rejects.toThrow()
})

test('SSRF-04 SSRF-05 refuses schemes and addresses that are off, before it connects', async () => {
  let asked = 0
  await using server = await serve(() => asked++)
  await expect(outboundPost(server.url, {}, '', { ...rules, privateTargets: false }, never)).rejects.toThrow(
    'must not resolve to a non-public IP address',
  )
  await expect(outboundPost(server.url, {}, '', { ...rules, schemes: ['https'] as never }, never)).rejects.toThrow(
    'scheme',
  )
  await expect(
    outboundPost(new URL('http://localhost:1/'), {}, '', { ...rules, privateTargets: false }, never),
  ).rejects.toThrow("'localhost' resolves to")
  expect(asked).toBe(0)
})

test('tells when a name cannot be resolved', async () => {
  await expect(outboundPost(new URL('http://no-such-host.invalid/'), {}, '', rules, never)).rejects.toThrow(
    "'no-such-host.invalid' cannot",
  )
})
