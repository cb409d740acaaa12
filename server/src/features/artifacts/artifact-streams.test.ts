import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heldBufferBytes, memoryWatch } from '../../blobs/testing/held-memory.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const proxy = '/api/2.0/mlflow-artifacts/artifacts'
const mebibyte = 1024 * 1024

/** Over a real connection: what a client's URL library would tidy up, and what happens when one end goes away. */
describe('artifacts over the wire', () => {
  let server: TestServer
  let port: number

  beforeAll(async () => {
    server = await startTestServer('sqlite')
    await server.http.listen({ host: '127.0.0.1', port: 0 })
    port = (server.http.server.address() as { port: number }).port
  })
  afterAll(() => server[Symbol.asyncDispose]())

  function begin(method: string, path: string, options: RequestOptions = {}): ClientRequest {
    return request({ host: '127.0.0.1', port, method, path, agent: false, ...options })
  }

  async function answerTo(sent: ClientRequest): Promise<{ status: number | undefined; text: string }> {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk)
    return { status: answer.statusCode, text: Buffer.concat(chunks).toString() }
  }

  async function send(method: string, path: string, body = ''): Promise<{ status: number | undefined; text: string }> {
    const sent = begin(method, path)
    sent.end(body)
    return answerTo(sent)
  }

  async function blocks(sent: ClientRequest, count: number): Promise<void> {
    await pipeline(
      Readable.from(
        (function* () {
          for (let block = 0; block < count; block++) yield Buffer.alloc(65_536, block)
        })(),
      ),
      sent,
    )
  }

  const names = async (path: string): Promise<string[]> =>
    ((await server.mlflow.get('/2.0/mlflow-artifacts/artifacts', { path })).body.files ?? []).map(
      (file: { path: string }) => file.path,
    )

  const outside = [
    '../../../../etc/passwd',
    '..%2f..%2f..%2fetc/passwd',
    '%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '%252e%252e/%252e%252e/etc/passwd',
    '%25252e%25252e%25252fetc',
    '0/../../1/x',
    '/etc/passwd',
    '%2fetc/passwd',
    '//etc/passwd',
    'C:/Windows/x',
    'C:%5CWindows%5Cx',
    '%5C%5Chost%5Cshare%5Cx',
    'file:///etc/passwd',
    'file:%2f%2f%2fetc%2fpasswd',
    'x%23/../../etc',
    'a%5C..%5Cb',
    '..%5Cx',
    'a%00b',
    'a:b',
    '.%2e/x',
    'a/%2e%2e',
    '..',
  ]

  test.each(outside)('%s leads nowhere', async (path) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      expect((await send(method, `${proxy}/${path}`, method === 'PUT' ? 'x' : '')).status, method).toBe(400)
    }
    expect((await send('GET', `${proxy}?path=${path}`)).status).toBe(400)
  })

  test.each(['con', 'ab:b', 'a%3F', '...', '~', '-rf', 'q%2Fb'])('%s is an ordinary name', async (name) => {
    const answer = await send('PUT', `${proxy}/plain/${name}`, `content of ${name}`)
    expect(answer.status).toBe(200)
    expect((await send('GET', `${proxy}/plain/${name}`)).text).toBe(`content of ${name}`)
  })

  test('an upload of unknown length is taken as it comes', async () => {
    const sent = begin('PUT', `${proxy}/chunked/blob`)
    const [answer] = await Promise.all([answerTo(sent), blocks(sent, 48)])
    expect(answer.status).toBe(200)
    const listed = await server.mlflow.get('/2.0/mlflow-artifacts/artifacts', { path: 'chunked' })
    expect(listed.body.files).toEqual([{ path: 'blob', is_dir: false, file_size: 3 * mebibyte }])
  })

  test.each([
    ['of known length', { 'content-length': String(8 * mebibyte) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('an upload %s that breaks off leaves nothing', async (_what, headers) => {
    await send('PUT', `${proxy}/broken/old`, 'old')
    for (const name of ['new', 'old']) {
      const sent = begin('PUT', `${proxy}/broken/${name}`, { headers })
      sent.on('error', () => {})
      sent.write(Buffer.alloc(2 * mebibyte))
      await sleep(100)
      sent.destroy()
    }
    await expect.poll(() => staged(), { timeout: 10_000 }).toEqual([])
    expect(await names('broken')).toEqual(['old'])
    expect((await send('GET', `${proxy}/broken/old`)).text).toBe('old')
  })

  test.each(['refused/folder', 'refused/folder/x/y', 'refused/%2e%2e', 'refused/'])(
    'a refused upload to %s is answered, and its connection serves the next request',
    async (path) => {
      await send('PUT', `${proxy}/refused/folder/x`, 'x')
      // Node's own client waits for ever when it is answered before it has sent everything.
      const socket = connect(port, '127.0.0.1')
      const received: string[] = []
      socket.setEncoding('utf8').on('data', (text: string) => received.push(text))
      const length = 8 * mebibyte
      socket.write(`PUT ${proxy}/${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\n\r\n`)
      for (let sent = 0; sent < length; sent += mebibyte) {
        if (!socket.write(Buffer.alloc(mebibyte))) await once(socket, 'drain')
      }
      socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
      await expect.poll(() => received.join(''), { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 400 .*HTTP\/1\.1 200 .*OK$/s)
      socket.destroy()
    },
  )

  test('memory stays small while a file passes both ways, however slow the reader', async () => {
    const size = 64 * mebibyte
    const memory = memoryWatch(8 * mebibyte)
    const sent = begin('PUT', `${proxy}/big/blob`)
    const source = (async function* () {
      for (let done = 0; done < size; done += 65_536) {
        memory.look(done)
        yield Buffer.alloc(65_536, done / 65_536)
      }
    })()
    const [uploaded] = await Promise.all([answerTo(sent), pipeline(source, sent)])
    expect(uploaded.status).toBe(200)
    const wanted = begin('GET', `${proxy}/big/blob`)
    wanted.end()
    const [answer] = (await once(wanted, 'response')) as [IncomingMessage]
    // Nobody reads for a while: what the server has read ahead stays little.
    const before = heldBufferBytes()
    await sleep(300)
    expect(heldBufferBytes() - before).toBeLessThan(8 * mebibyte)
    let taken = 0
    for await (const chunk of answer) {
      expect((chunk as Buffer)[0]).toBe(Math.floor(taken / 65_536) & 0xff)
      taken += chunk.length
      memory.look(taken + size)
    }
    expect(taken).toBe(size)
    expect(memory.most).toBeLessThan(size / 2)
  })

  test.skipIf(process.platform !== 'linux')('a reader that goes away does not keep the file open', async () => {
    await send('PUT', `${proxy}/left/blob`, 'x'.repeat(16 * mebibyte))
    for (let round = 0; round < 5; round++) {
      const wanted = begin('GET', `${proxy}/left/blob`)
      wanted.on('error', () => {})
      wanted.end()
      await once(wanted, 'response')
      wanted.destroy()
    }
    await expect.poll(() => openFiles(), { timeout: 10_000 }).toBe(0)
  })

  async function staged(): Promise<string[]> {
    return readdir(`${server.artifactsDir}/.runstead`)
  }

  /** Files of the store that this process, which is the server as well, holds open. */
  async function openFiles(): Promise<number> {
    const descriptors = await readdir('/proc/self/fd')
    const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
    return targets.filter((target) => target.startsWith(server.artifactsDir)).length
  }
})
