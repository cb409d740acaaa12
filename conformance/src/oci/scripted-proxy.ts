import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * Names the case and what becomes of its attempts, one after another, such as `name;drop;409`: `drop` loses the answer when
 * the server has given it, a status is answered without asking the server. Later attempts pass.
 */
export const scriptHeader = 'x-script'

/** An attempt as it arrived. */
export interface Attempt {
  readonly retryToken: string | undefined
  readonly requestId: string | undefined
  readonly authorization: string | undefined
}

/** A proxy in front of a server, which does to requests what their header says. */
export interface ScriptedProxy extends AsyncDisposable {
  readonly url: string
  /** The attempts of a case so far. */
  attemptsOf(name: string): readonly Attempt[]
}

const codes: Readonly<Record<string, string>> = {
  '409': 'IncorrectState',
  '429': 'TooManyRequests',
  '500': 'InternalServerError',
  '503': 'ServiceUnavailable',
}

/** Starts a proxy on a free port; targets and headers go on as they come, `host` included. */
export async function startScriptedProxy(serverUrl: string): Promise<ScriptedProxy> {
  const attempts = new Map<string, Attempt[]>()
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { headers } = incoming
    const [name = '', ...script] = String(headers[scriptHeader] ?? '').split(';')
    const earlier = attempts.get(name) ?? []
    attempts.set(name, [
      ...earlier,
      {
        retryToken: headers['opc-retry-token'] as string | undefined,
        requestId: headers['opc-request-id'] as string | undefined,
        authorization: headers.authorization,
      },
    ])
    const outcome = name === '' ? undefined : script[earlier.length]
    const body = await buffer(incoming)
    if (outcome !== undefined && outcome !== 'drop') {
      outgoing.writeHead(Number(outcome), { 'content-type': 'application/json', 'opc-request-id': 'proxy' })
      outgoing.end(JSON.stringify({ code: codes[outcome], message: 'Not now.' }))
      return
    }
    const passed = request(serverUrl, { method: incoming.method, path: incoming.url, headers: incoming.rawHeaders })
    const [given] = (await once(passed.end(body), 'response')) as [IncomingMessage]
    const content = await buffer(given)
    if (outcome === 'drop') incoming.socket.destroy()
    else outgoing.writeHead(given.statusCode!, given.rawHeaders).end(content)
  }
  const proxy = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    attemptsOf: (name) => attempts.get(name) ?? [],
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
