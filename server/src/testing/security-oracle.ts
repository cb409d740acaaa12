import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Engine } from '../db/database.ts'
import { startTestServer, type TestServer } from './start-test-server.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A listening server with two runs, and canaries: a file outside the artifact root and one in the other run. */
export interface GuardedServer extends AsyncDisposable {
  readonly server: TestServer
  readonly run: string
  /** Path of the run's artifacts in the store, as clients name it. */
  readonly place: string
  /** The other run's. */
  readonly neighbour: string
  /** Directory of the run's artifacts on disk. */
  readonly directory: string
  readonly port: number
  /** A request whose target goes over the wire as it is written. */
  send(method: string, target: string, body?: string, headers?: Record<string, string | string[]>): Promise<RawAnswer>
  /** Artifacts, canaries and numbers of rows, as one text: the same when nothing has changed. */
  state(): Promise<string>
}

/** Text of the canaries, which no answer may hold. */
export const canary = 'tweet-tweet-canary'

/** The stock mount, and the workspace's with and without `/api` in front. */
export const workspaceMounts = (server: TestServer): readonly string[] => [
  '',
  server.mounts.aidp,
  `/api${server.mounts.aidp}`,
]

const countedTables = [
  'experiments',
  'runs',
  'logged_models',
  'registered_models',
  'model_versions',
  'webhooks',
  'params',
  'tags',
  'users',
] as const

export async function startGuardedServer(engine: Engine, settings: readonly string[] = []): Promise<GuardedServer> {
  const server = await startTestServer(engine, settings)
  await server.http.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.http.server.address() as AddressInfo
  const [run, other] = [await server.given.run(), await server.given.run()]
  const place = `0/${run}/artifacts`
  const neighbour = `0/${other}/artifacts`
  const send: GuardedServer['send'] = (method, target, body = '', headers = {}) =>
    rawRequest(port, method, target, body, headers)
  const proxy = '/api/2.0/mlflow-artifacts/artifacts'
  expect((await send('PUT', `${proxy}/${neighbour}/canary.txt`, canary)).status).toBe(200)
  expect((await send('PUT', `${proxy}/${place}/own.txt`, 'own')).status).toBe(200)
  writeFileSync(join(server.artifactsDir, '..', 'canary.txt'), canary)
  const state = async (): Promise<string> =>
    JSON.stringify([
      treeHash(server.artifactsDir),
      readFileSync(join(server.artifactsDir, '..', 'canary.txt'), 'utf8') === canary,
      await countRows(server),
    ])
  return {
    server,
    run,
    place,
    neighbour,
    directory: join(server.artifactsDir, 'workspaces/1', place),
    port,
    send,
    state,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** What no answer has, refused or not: a failure, a stack, a path of the server, a canary. */
export function expectHarmless(guarded: GuardedServer, answer: RawAnswer, what: string): void {
  const whole = JSON.stringify([answer.headers, answer.text])
  // 501 is the answer for what the store cannot do.
  expect(answer.status === 501 || answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`).toBe(
    true,
  )
  expect(whole, what).not.toContain(canary)
  expect(whole, what).not.toContain(join(guarded.server.artifactsDir, '..'))
  expect(whole, what).not.toMatch(/\.ts:\d|\.js:\d|node:internal|SQLITE_|select .* from \\"/)
}

function rawRequest(
  port: number,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string | string[]>,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  // Node frames no body of a DELETE by itself.
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const asked = request(
    { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false },
    (response) => {
      text(response).then(
        (answered) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answered }),
        reject,
      )
    },
  )
  asked.on('error', reject)
  asked.end(body)
  return promise
}

function treeHash(directory: string): string {
  const hash = createHash('sha256')
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.'))
    .sort()
  for (const path of entries) hash.update(path).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

async function countRows(server: TestServer): Promise<readonly number[]> {
  const counts: number[] = []
  for (const table of countedTables) {
    const { rows } = await sql<{
      readonly n: number | string
    }>`select count(*) as n from ${sql.table(table)} where tenant = 1`.execute(server.db.lookup)
    counts.push(Number(rows[0]?.n))
  }
  return counts
}
