import { Agent, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Captures, fill } from './captures.ts'
import type { DifferentialCase } from './case.ts'

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/**
 * Sends one case to a server, byte for byte as it is written; redirects are not followed.
 * @throws Error when the connection breaks or nothing comes within 30 s
 */
export async function send(url: string, one: DifferentialCase, captures: Captures): Promise<RawAnswer> {
  const { method, path, headers, body } = one
  const { hostname, port } = new URL(url)
  const payload = typeof body === 'string' ? Buffer.from(fill(body, captures)) : body
  const sent: Record<string, string> = { 'user-agent': 'runstead-conformance' }
  for (const [name, value] of Object.entries(headers)) sent[name] = fill(value, captures)
  if (payload !== undefined) sent['content-length'] = String(payload.byteLength)
  const options = { hostname, port, method, path: fill(path, captures), headers: sent, agent, timeout: 30_000 }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const start = (): void => {
      const call = request(options, resolve)
      call.on('timeout', () => call.destroy(new Error('no answer within 30 s')))
      call.on('error', (cause: NodeJS.ErrnoException) => {
        // A server may close an idle connection at the moment at which it is used again.
        if (call.reusedSocket && cause.code === 'ECONNRESET') start()
        else reject(new Error(`${one.id}: ${method} ${path}: ${cause.message}`, { cause }))
      })
      call.end(payload)
    }
    start()
  })
  const received: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) received[name] = String(value)
  return { status: answer.statusCode ?? 0, headers: received, body: await buffer(answer) }
}
