import { lookup } from 'node:dns/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { outboundPost } from './outbound-post.ts'

vi.mock('node:dns/promises', () => ({ lookup: vi.fn() }))

const never = new AbortController().signal

test.each([
  [['8.8.8.8', '127.0.0.1'], '127.0.0.1'],
  [['127.0.0.1', '8.8.8.8'], '127.0.0.1'],
  [['8.8.8.8', '::ffff:10.0.0.1'], '::ffff:10.0.0.1'],
  [['169.254.169.254'], '169.254.169.254'],
])('SSRF-06 a name with the addresses %s is refused before anything is connected', async (addresses, refused) => {
  let connections = 0
  const server = createServer().on('connection', () => connections++)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  vi.mocked(lookup).mockResolvedValue(
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) as never,
  )
  const url = new URL(`http://split.example:${(server.address() as AddressInfo).port}/`)
  const rules = { schemes: ['http'], privateTargets: false } as const
  await expect(outboundPost(url, {}, '{}', rules, never)).rejects.toThrow(`resolves to ${refused}`)
  expect(connections).toBe(0)
  server.close()
})

test('SSRF-06 the address that was judged is the one that is asked: the name is looked up once', async () => {
  vi.mocked(lookup).mockReset()
  const server = createServer((request, response) => {
    request.resume()
    response.end()
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  vi.mocked(lookup).mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }] as never)
  vi.mocked(lookup).mockRejectedValue(new Error('asked twice'))
  const url = new URL(`http://rebound.example:${(server.address() as AddressInfo).port}/`)
  const rules = { schemes: ['http'], privateTargets: true } as const
  expect(await outboundPost(url, {}, '{}', rules, never)).toMatchObject({ status: 200 })
  expect(lookup).toHaveBeenCalledTimes(1)
  server.close()
})
