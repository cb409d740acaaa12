import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** When the connection of a message is lost: before the server has it, after the server has answered, or in between. */
export type Moment = 'before' | 'after' | 'delayed'

/** A TCP proxy in front of a database server that can lose connections at a chosen message. */
export interface FaultyProxy extends AsyncDisposable {
  /** The database's URL through the proxy. */
  readonly url: string
  /** How many connections were lost on purpose. */
  readonly broken: number
  /** Loses the connection of the next message that has `text` in it. */
  breakOn(text: string, moment: Moment): void
  /** Closes all connections and listens no more. */
  down(): Promise<void>
  /** Listens again, on the same port. */
  up(): Promise<void>
}

/** How long a delayed message reaches the server after its sender has lost the connection. Milliseconds. */
const delay = 150

export async function startFaultyProxy(databaseUrl: string): Promise<FaultyProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let trap: { readonly text: string; readonly moment: Moment } | undefined
  let broken = 0

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    return socket
  }

  const accept = (client: Socket) => {
    keep(client)
    const server = keep(connect(Number(target.port), target.hostname))
    let deaf = false
    client.on('data', (data) => {
      if (!trap || !data.toString('latin1').includes(trap.text)) {
        server.write(data)
        return
      }
      const { moment } = trap
      trap = undefined
      broken++
      deaf = true
      if (moment === 'before') server.destroy()
      if (moment === 'after') {
        server.write(data)
        server.once('data', () => client.destroy())
        return
      }
      client.destroy()
      if (moment === 'delayed') setTimeout(() => server.end(data), delay)
    })
    server.on('data', (data) => {
      if (!deaf) client.write(data)
    })
    client.on('close', () => {
      if (!deaf) server.destroy()
    })
    server.on('close', () => client.destroy())
  }

  let listener = await listen(createServer(accept), 0)
  const { port } = listener.address() as { port: number }
  const down = async () => {
    for (const socket of sockets) socket.destroy()
    if (!listener.listening) return
    listener.close()
    await once(listener, 'close')
  }
  const url = new URL(databaseUrl)
  url.port = String(port)
  return {
    url: url.href,
    get broken() {
      return broken
    },
    breakOn(text, moment) {
      trap = { text, moment }
    },
    down,
    async up() {
      listener = await listen(createServer(accept), port)
    },
    [Symbol.asyncDispose]: down,
  }
}

async function listen(server: Server, port: number): Promise<Server> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
