/** Two servers on one PostgreSQL: to a client they are one, also when one of them is killed. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as common from 'oci-common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newKeyPair, OciClient, type OciUser, platformPath, workspaceApi } from './oci/oci-client.ts'
import { freePort } from './targets/free-port.ts'
import { type PostgresServer, startPostgres } from './targets/postgres-server.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

/** How long what one server was told may stay unknown to the other, ms. */
const noticeable = 1000

interface Answer {
  readonly status: number
  readonly etag: string | null
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

const stack = new AsyncDisposableStack()
let postgres: PostgresServer
let directory: ScratchDirectory
const ports: number[] = []
const servers: ServerProcess[] = []
let token = ''

beforeAll(async () => {
  postgres = stack.use(await startPostgres())
  directory = stack.use(await scratchDirectory('replicas'))
  for (const number of [0, 1]) {
    ports.push(await freePort())
    servers.push(await start(number))
  }
})

afterAll(async () => {
  for (const server of servers) await server.stop()
  await stack.disposeAsync()
})

/** Starts the server of a number on its port. */
function start(number: number): Promise<ServerProcess> {
  const artifacts = `file://${join(directory.path, 'artifacts')}`
  return startRunstead(
    join(directory.path, String(number)),
    ['--database', postgres.url, '--artifacts', artifacts, '--log-level', 'warn'],
    ports[number]!,
  )
}

/** @throws TypeError when the connection breaks */
async function send(
  number: number,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}` },
): Promise<Answer> {
  const answer = await fetch(`${servers[number]!.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, etag: answer.headers.get('etag'), body: text === '' ? undefined : JSON.parse(text) }
}

const inWorkspace = (operation: string) => `/20260430${workspaceApi}/${operation}`
const users = '/api/2.0/runstead/users'

/** Asks again until the status is there. @returns after how many ms */
async function until(status: number, ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const from = performance.now()
  for (;;) {
    const asked = performance.now() - from
    const { status: got } = await ask()
    if (got === status) return asked
    if (asked > 10 * noticeable) throw new Error(`still ${got} after ${Math.round(asked)} ms`)
    await sleep(20)
  }
}

test('an identity that is made closes both', async () => {
  const asStranger = (number: number) => send(number, 'POST', inWorkspace('experiments/search'), { max_results: 1 }, {})
  for (const number of [0, 1]) expect((await asStranger(number)).status, 'open without users').toBe(200)
  const made = await send(0, 'POST', users, { name: 'ann', administrator: true, token_name: 'first' }, {})
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  token = made.body.secret
  expect(token).toMatch(/^rst_/)
  expect((await asStranger(0)).status).toBe(401)
  expect(await until(401, () => asStranger(1))).toBeLessThanOrEqual(noticeable)
  for (const number of [0, 1]) expect((await send(number, 'GET', `${users}/me`)).status).toBe(200)
})

test('an API token made at one is good at the other, and is refused there once it is revoked', async () => {
  for (const [one, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const made = await send(one, 'POST', `${users}/me/tokens`, { name: 'job' })
    expect(made.status).toBe(200)
    const authorization = `Bearer ${made.body.secret}`
    const ask = (number: number) => send(number, 'GET', `${users}/me`, undefined, { authorization })
    expect(await until(200, () => ask(other))).toBeLessThanOrEqual(noticeable)
    expect((await ask(one)).status).toBe(200)
    const revoked = await send(one, 'DELETE', `${users}/me/tokens/${made.body.token.id}`)
    expect(revoked.status, JSON.stringify(revoked.body)).toBe(200)
    expect((await ask(one)).status).toBe(401)
    expect(await until(401, () => ask(other))).toBeLessThanOrEqual(noticeable)
  }
})

test('a key and a session token of one are good at the other, and neither once its user is disabled', async () => {
  const bob = await send(0, 'POST', users, { name: 'bob', administrator: true })
  expect(bob.status).toBe(200)
  const id: string = bob.body.user.id
  const keys = newKeyPair()
  const added = await send(0, 'POST', `${users}/${id}/keys`, { public_key: keys.publicKeyPem })
  expect(added.status, JSON.stringify(added.body)).toBe(200)
  const user: OciUser = { ...keys, tenancy: 'ocid1.tenancy.local..default', user: id }
  const search = { method: 'POST', path: `${workspaceApi}/experiments/search`, body: { max_results: 1 } }
  const byKey = (number: number) => new OciClient(common, servers[number]!.url, user).send(search)
  expect(await until(200, () => byKey(1))).toBeLessThanOrEqual(noticeable)
  const session = await new OciClient(common, servers[1]!.url, user).send({
    method: 'POST',
    path: `${platformPath}/mlops/api/2.0/runstead/users/me/sessions`,
    body: { public_key: user.publicKeyPem, seconds: 600 },
  })
  expect(session.status, session.text).toBe(200)
  const sessionToken: string = session.body.token
  const bySession = (number: number) => new OciClient(common, servers[number]!.url, user, { sessionToken }).send(search)
  for (const number of [0, 1]) expect(await until(200, () => bySession(number))).toBeLessThanOrEqual(noticeable)
  const disabled = await send(0, 'PATCH', `${users}/${id}`, { disabled: true })
  expect(disabled.status, JSON.stringify(disabled.body)).toBe(200)
  for (const number of [0, 1]) {
    const [key, bound] = await Promise.all([until(401, () => byKey(number)), until(401, () => bySession(number))])
    expect(Math.max(key, bound)).toBeLessThanOrEqual(noticeable)
  }
})

test('a retry token repeated at the other has one effect and one answer', async () => {
  const name: string = randomUUID()
  const headers = { authorization: `Bearer ${token}`, 'opc-retry-token': randomUUID() }
  const create = (number: number, run_name = name) =>
    send(number, 'POST', inWorkspace('runs/create'), { run_name }, headers)
  const first = await create(0)
  expect(first.status).toBe(200)
  expect(await create(1)).toEqual(first)
  expect(await create(0)).toEqual(first)
  const other = await create(1, 'other')
  expect([other.status, other.body.code]).toEqual([409, 'Conflict'])
  expect(await runsNamed(1, name)).toEqual([first.body.run.info.run_id])
  // Both at once.
  headers['opc-retry-token'] = randomUUID()
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => create(index % 2, `${name} at once`)))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(await runsNamed(0, `${name} at once`)).toHaveLength(1)
})

test('a page token of one is good at the other', async () => {
  const prefix = randomUUID()
  for (const letter of ['a', 'b', 'c', 'd', 'e']) {
    await send(0, 'POST', inWorkspace('experiments/create'), { name: `${prefix} ${letter}` })
  }
  const found: string[] = []
  let page_token: string | undefined
  for (let number = 0; number === 0 || page_token !== undefined; number++) {
    const body = { filter: `name LIKE '${prefix}%'`, order_by: ['name'], max_results: 1, page_token }
    const page = await send(number % 2, 'POST', inWorkspace('experiments/search'), body)
    expect(page.status, JSON.stringify(page.body)).toBe(200)
    found.push(...(page.body.experiments ?? []).map(({ name }: { name: string }) => name.at(-1)))
    page_token = page.body.next_page_token
  }
  expect(found).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('kill -9 of one in the middle of 200 retried creates loses and doubles nothing', async () => {
  const prefix = randomUUID()
  const requests = Array.from({ length: 200 }, (_, index) => ({ name: `${prefix} ${index}`, token: randomUUID() }))
  const answered = new Map<string, string>()
  let broken = 0
  const create = (number: number, { name, token: retryToken }: { name: string; token: string }) =>
    send(
      number,
      'POST',
      inWorkspace('runs/create'),
      { run_name: name },
      {
        authorization: `Bearer ${token}`,
        'opc-retry-token': retryToken,
      },
    )
  /** As a client behind a balancer: what fails is tried again at the other. */
  const insist = async (request: { name: string; token: string }, first: number): Promise<void> => {
    for (let number = first; ; number = 1 - number) {
      const answer = await create(number, request).catch(() => undefined)
      if (answer === undefined || answer.status === 409 || answer.status === 503) {
        if (answer === undefined) broken++
        await sleep(20)
        continue
      }
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      answered.set(request.name, answer.body.run.info.run_id)
      return
    }
  }
  const queue = [...requests]
  const work = async (worker: number): Promise<void> => {
    for (let request = queue.shift(); request !== undefined; request = queue.shift()) await insist(request, worker % 2)
  }
  const working = Promise.all(Array.from({ length: 16 }, (_, worker) => work(worker)))
  while (answered.size < 60) await sleep(1)
  await servers[0]!.kill()
  await working
  expect(answered.size).toBe(200)
  expect(broken, 'the kill met requests').toBeGreaterThan(0)
  servers[0] = await start(0)
  for (const number of [0, 1]) {
    const repeats = await Promise.all(requests.map((request) => create(number, request)))
    expect(repeats.map(({ body }) => body.run.info.run_id)).toEqual(requests.map(({ name }) => answered.get(name)))
  }
  expect((await runsNamed(1, `${prefix}%`)).toSorted()).toEqual([...answered.values()].toSorted())
})

/** Ids of the runs of a name or pattern. */
async function runsNamed(number: number, pattern: string): Promise<string[]> {
  const filter = `attributes.run_name LIKE '${pattern}'`
  const found = await send(number, 'POST', inWorkspace('runs/search'), {
    experiment_ids: ['0'],
    filter,
    max_results: 1000,
  })
  expect(found.status, JSON.stringify(found.body)).toBe(200)
  return (found.body.runs ?? []).map(({ info }: { info: { run_id: string } }) => info.run_id)
}
