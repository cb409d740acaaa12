import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedDelivery {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

/** A real HTTP server that takes deliveries and remembers them. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string
  readonly received: ReceivedDelivery[]
  /** The status of the next answers; 0 is no answer at all. */
  status: number
  /** Headers of the next answers. */
  headers: Record<string, string>
  /** Called as soon as a delivery has come in, before it is answered. */
  onDelivery: () => void
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      receiver.received.push({
        path: request.url ?? '',
        headers: request.headers,
        text: body,
        body: JSON.parse(body) as unknown,
      })
      receiver.onDelivery()
      if (receiver.status !== 0) response.writeHead(receiver.status, receiver.headers).end('secret of the receiver')
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    status: 200,
    headers: {},
    onDelivery: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
  return receiver
}
