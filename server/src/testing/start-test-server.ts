import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { openApp } from '../app.ts'
import { readServerConfig } from '../config/server-config.ts'
import type { Database, Engine } from '../db/database.ts'
import type { DatabaseOptions } from '../db/database-options.ts'
import { parseExactJson } from '../lib/exact-json.ts'
import { openTestDatabase } from './databases.ts'

/** An answer with its JSON body read exactly (64-bit integers beyond 2^53 as bigints). */
export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>

/** Requests at one mount; paths start after `/api`, such as `/2.0/mlflow/runs/get`. */
export interface TestClient {
  get(path: string, query?: Query): Promise<TestAnswer>
  post(path: string, body?: unknown): Promise<TestAnswer>
  patch(path: string, body?: unknown): Promise<TestAnswer>
  delete(path: string, body?: unknown): Promise<TestAnswer>
}

export interface TestServer extends AsyncDisposable {
  readonly db: Database
  readonly http: FastifyInstance
  /** Directory of the artifact store; empty when it is none. */
  readonly artifactsDir: string
  /** The stock MLflow mount. */
  readonly mlflow: TestClient
  /** The default workspace by its long path, which speaks Oracle's wire. */
  readonly aidp: TestClient
  /** The default platform's own mount, where the registry speaks AIDP's dialect. */
  readonly platform: TestClient
  /** Any mount by its path, such as one of another workspace. */
  at(mount: string): TestClient
  /** Path of a mount: '' or the long one. */
  readonly mounts: { readonly mlflow: string; readonly aidp: string }
  /** The same mounts for somebody: with this `Authorization` header in every request. */
  as(authorization: string): { readonly mlflow: TestClient; readonly aidp: TestClient }
  /** Ready-made entities. */
  readonly given: {
    experiment(fields?: object): Promise<string>
    run(fields?: object): Promise<string>
  }
}

const platformPath = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'
const aidpMount = `${platformPath}/workspaces/default/mlops`

/**
 * A whole server on a fresh database and data directory, answering in process.
 *
 * @param settings more flags, such as `['--host', '0.0.0.0']`
 * @param options of its database
 */
export async function startTestServer(
  engine: Engine,
  settings: readonly string[] = [],
  options: Partial<DatabaseOptions> = {},
): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'runstead-test-'))
  const database = await openTestDatabase(engine, options)
  const config = readServerConfig(['--data-dir', directory, ...settings], {})
  const app = await openApp({ config, log: pino({ level: 'silent' }), database })
  await app.http.ready()
  const mlflow = clientOf(app.http, '/api')
  let number = 0
  const experiment = async (fields: object = {}): Promise<string> =>
    expectOk(await mlflow.post('/2.0/mlflow/experiments/create', { name: `experiment ${++number}`, ...fields })).body
      .experiment_id
  const run = async (fields: object = {}): Promise<string> => {
    const body = { experiment_id: '0', start_time: 1_700_000_000_000, ...fields }
    return expectOk(await mlflow.post('/2.0/mlflow/runs/create', body)).body.run.info.run_id
  }
  return {
    db: app.db,
    http: app.http,
    artifactsDir: config.artifacts.kind === 'file' ? config.artifacts.directory : '',
    mlflow,
    aidp: clientOf(app.http, `${aidpMount}/api`),
    platform: clientOf(app.http, `${platformPath}/mlops/api`),
    at: (mount) => clientOf(app.http, `${mount}/api`),
    mounts: { mlflow: '', aidp: aidpMount },
    as: (authorization) => ({
      mlflow: clientOf(app.http, '/api', { authorization }),
      aidp: clientOf(app.http, `${aidpMount}/api`, { authorization }),
    }),
    given: { experiment, run },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function expectOk(answer: TestAnswer): TestAnswer {
  if (answer.status !== 200) throw new Error(`setting up failed with ${answer.status}: ${answer.text}`)
  return answer
}

function clientOf(http: FastifyInstance, prefix: string, headers: Record<string, string> = {}): TestClient {
  const send = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<TestAnswer> => {
    const payload = body === undefined ? '' : typeof body === 'string' ? body : stringify(body)
    const answer = await http.inject({
      method,
      url: prefix + path,
      ...(method === 'GET' ? { headers } : { payload, headers: { ...headers, 'content-type': 'application/json' } }),
    })
    const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json')
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      text: answer.body,
      body: isJson && answer.body !== '' ? parseExactJson(answer.body) : answer.body,
    }
  }
  return {
    get: (path, query) => send('GET', query === undefined ? path : `${path}?${queryText(query)}`),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path, body) => send('DELETE', path, body),
  }
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(name, String(item))
  }
  return parameters.toString()
}

/** JSON with bigints as plain numbers. */
function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(member))
      : member,
  )
}
