import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP proxy in front of a store that lets bytes through as slowly as it is told. */
export interface SlowProxy extends AsyncDisposable {
  readonly port: number
  /** Bytes a second in each direction of a connection; 0 stops everything, Infinity hurries. */
  rate: number
  /** Closes the connections that are open now. */
  cut(): void
}

export async function startSlowProxy(targetPort: number, rate: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>()
  const stopped = new AbortController()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    return socket
  }

  async function wait(bytes: number): Promise<void> {
    while (proxy.rate === 0 && !stopped.signal.aborted) await sleep(20)
    if (Number.isFinite(proxy.rate)) await sleep((bytes / proxy.rate) * 1_000, undefined, { signal: stopped.signal })
  }

  function brake(): Transform {
    return new Transform({
      highWaterMark: 64 * 1024,
      transform(chunk: Buffer, _encoding, done) {
        wait(chunk.length).then(
          () => done(null, chunk),
          (error: Error) => done(error),
        )
      },
    }).on('error', () => undefined)
  }

  const server = createServer((client) => {
    const store = keep(connect(targetPort, '127.0.0.1'))
    keep(client).pipe(brake()).pipe(store)
    store.pipe(brake()).pipe(client)
    client.on('close', () => store.destroy())
    store.on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const proxy: SlowProxy = {
    port: (server.address() as { port: number }).port,
    rate,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      proxy.cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
