import { type AidpContract, aidpOperation } from '../../contract/aidp/aidp-contract.ts'
import type { Engine } from '../../db/database.ts'
import { raiseIdentityRevision } from '../../features/identities/identity-state-store.ts'
import { findPlatform } from '../../features/identities/platform-store.ts'
import { createToken } from '../../features/identities/token-service.ts'
import { createUser } from '../../features/identities/user-service.ts'
import { parseExactJson } from '../../lib/exact-json.ts'
import { makeAdministrator, makeUser, type TestUser } from '../log-in.ts'
import { startTestServer, type TestServer } from '../start-test-server.ts'

/** What a request tells: the fields of its query or body, and those in its path. */
export type Fields = Readonly<Record<string, unknown>>

/** Where a request goes: the ids in the paths of the mounts. */
export interface Place {
  readonly platform: string
  readonly workspace: string
}

export interface AidpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

export interface CallOptions {
  /** Absent: the home workspace. */
  readonly place?: Place
  /** Absent: the administrator of the platform that is asked; null: nobody, without credentials. */
  readonly as?: TestUser | null
  readonly headers?: Readonly<Record<string, string>>
  /** Absent: `/20260430`. */
  readonly version?: '/20260430' | '/api/20260430'
  /** Absent: that of the operation. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as it is, instead of the fields. */
  readonly payload?: string | Buffer
  /** More query parameters. */
  readonly query?: Readonly<Record<string, string>>
}

/** A server with two platforms, workspaces and users, and requests to its AIDP operations. */
export interface AidpWorld extends AsyncDisposable {
  readonly server: TestServer
  readonly home: Place
  /** Another workspace of the same platform. */
  readonly otherWorkspace: Place
  readonly otherPlatform: Place
  readonly root: TestUser
  /** Another administrator of the platforms. */
  readonly second: TestUser
  /** The administrator of the other platform, where no user of the first one can log in. */
  readonly foreigner: TestUser
  /** Has a login and nothing else. */
  readonly nobody: TestUser
  /** Is given permissions by the operations that give them. */
  readonly guest: TestUser
  /** USER in the home workspace. */
  readonly member: TestUser
  /** A number that was not given before. */
  next(): number
  call(operation: string, request?: Fields, options?: CallOptions): Promise<AidpAnswer>
  /** As `call`, for what must succeed; gives the body. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape.
  make(operation: string, request?: Fields, options?: CallOptions): Promise<any>
}

const platform = 'ocid1.aidataplatform.local..default'

/** @param settings flags of the server; absent: without a limit of requests */
export async function startAidpWorld(
  engine: Engine,
  settings: readonly string[] = ['--rate-limit', '0'],
): Promise<AidpWorld> {
  const server = await startTestServer(engine, settings)
  const root = await makeAdministrator(server)
  const otherPlatform = { platform: await newPlatform(server, root), workspace: 'default' }
  const foreigner = await administratorOf(server, otherPlatform.platform)
  const user = (name: string, fields: object = {}) => makeUser(server, root.mlflow, { name, ...fields })
  let number = 0
  const call = (operation: string, request: Fields = {}, options: CallOptions = {}): Promise<AidpAnswer> => {
    const { place = home } = options
    const as = place.platform === otherPlatform.platform ? foreigner : root
    return send(server, aidpOperation(operation), request, { as, ...options, place })
  }
  const make = async (operation: string, request: Fields = {}, options: CallOptions = {}) => {
    const answer = await call(operation, request, options)
    if (answer.status >= 300) throw new Error(`${operation} failed with ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const start: Place = { platform, workspace: 'default' }
  let home = start
  const workspace = async (displayName: string): Promise<Place> => ({
    platform,
    workspace: (await make('createWorkspace', { displayName }, { place: start })).key,
  })
  home = await workspace('home')
  const member = await user('member')
  const assignWorkspacePermissionDetails = {
    assignees: { type: 'USER', targets: [member.id] },
    permissions: ['USER'],
  }
  await make('manageWorkspacePermission', { workspaceKey: home.workspace, assignWorkspacePermissionDetails })
  return {
    server,
    home,
    otherWorkspace: await workspace('other'),
    otherPlatform,
    root,
    foreigner,
    second: await user('second', { administrator: true }),
    nobody: await user('nobody'),
    guest: await user('guest'),
    member,
    next: () => ++number,
    call,
    make,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function newPlatform(server: TestServer, { token }: TestUser): Promise<string> {
  const answer = await server.http.inject({
    method: 'POST',
    url: '/20260430/aiDataPlatforms',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload: JSON.stringify({ displayName: 'other' }),
  })
  return answer.json().id
}

/** The first administrator of a platform, made past the server as the command line does it. */
async function administratorOf({ db, as }: TestServer, platformId: string): Promise<TestUser> {
  const number = await findPlatform(db.lookup, platformId)
  if (number === undefined) throw new Error(`There is no platform '${platformId}'.`)
  const now = Date.now()
  const name = 'foreigner'
  return db.write(number, async (tx) => {
    await raiseIdentityRevision(tx, number)
    const user = await createUser(tx, number, now, { name, kind: 'person', administrator: true })
    const { secret } = await createToken(tx, number, now, user, { name: 'test', access: 'admin' })
    return { id: user.id, name, token: secret, ...as(`Bearer ${secret}`) }
  })
}

async function send(
  server: TestServer,
  operation: AidpContract,
  request: Fields,
  options: CallOptions & { readonly place: Place; readonly as: TestUser | null },
): Promise<AidpAnswer> {
  const { place, as, headers = {}, version = '/20260430', payload, query = {} } = options
  const { path, rest } = pathWith(operation, request)
  const root = `${version}/aiDataPlatforms/${place.platform}`
  const mounts = {
    workspace: `${root}/workspaces/${place.workspace}/mlops/api`,
    platform: `${root}/mlops/api`,
    control: root,
  }
  const parameters = new URLSearchParams(query)
  const hasBody = operation.method === 'POST' || operation.method === 'PUT'
  if (!hasBody) {
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined && value !== null) parameters.append(name, String(value))
    }
  }
  const search = parameters.size === 0 ? '' : `?${parameters}`
  const answer = await server.http.inject({
    method: options.method ?? (operation.method as 'GET' | 'POST' | 'PUT' | 'DELETE'),
    url: mounts[operation.mount] + path + search,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${as.token}` }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(hasBody ? { payload: payload ?? JSON.stringify(rest) } : {}),
  })
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json')
  return {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string | undefined>,
    text: answer.body,
    body: isJson && answer.body !== '' ? parseExactJson(answer.body) : answer.body,
  }
}

/** Fields that the path names go there, all others into query or body. */
function pathWith({ path }: AidpContract, request: Fields): { readonly path: string; readonly rest: Fields } {
  const rest: Record<string, unknown> = { ...request }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    delete rest[name]
    return encodeURIComponent(String(request[name]))
  })
  return { path: filled, rest }
}
