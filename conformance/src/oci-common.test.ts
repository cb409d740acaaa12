import { randomUUID } from 'node:crypto'
import * as current from 'oci-common'
import * as oldest from 'oci-common-oldest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOciUser, OciClient, type OciUser, platformPath, registryApi, workspaceApi } from './oci/oci-client.ts'
import { emptyLists, experimentFlow, modelFlow, workspaceNamed } from './oci/vendor-flow.ts'
import { runRunstead, startRunstead } from './targets/runstead-server.ts'
import { scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const stack = new AsyncDisposableStack()
let directory: string
let server: ServerProcess
let root: OciUser

beforeAll(async () => {
  directory = stack.use(await scratchDirectory('oci-common')).path
  root = createOciUser(directory, 'root', '--administrator')
  server = stack.use(await startRunstead(directory))
}, 180_000)

afterAll(() => stack.disposeAsync())

describe.each([
  ['the current release', current],
  ['the oldest release in use', oldest as unknown as typeof current],
])('oci-common, %s', (which, common) => {
  const client = () => new OciClient(common, server.url, root)

  test("goes through the vendor's own flow", { timeout: 60_000 }, async () => {
    const suffix = randomUUID().slice(0, 8)
    if (common === current) await emptyLists(client())
    expect(await workspaceNamed(client(), `team ${which}`)).toMatch(/^[0-9a-f-]{36}$/)
    expect(await workspaceNamed(client(), `team ${which}`)).toMatch(/^[0-9a-f-]{36}$/)
    await modelFlow(client(), suffix, await experimentFlow(client(), suffix))
  })

  test('drops a body that is {}, and is understood', async () => {
    const answer = await client().send({ method: 'POST', path: `${workspaceApi}/runs/create`, body: {} })
    expect(answer.status, answer.text).toBe(200)
  })

  test.each([
    ["name LIKE 'a%'", true],
    ["tags.`mlflow.user` = 'x + y'", true],
    ['tags."ü" = \'日本\'', true],
    ["name = 'a' and tags.`{x|y}` != '^'", true],
  ])('searches with %s, raw and encoded', async (filter) => {
    const path = `${registryApi}/registered-models/search`
    for (const value of [filter, encodeURIComponent(filter)]) {
      const answer = await client().send({ method: 'GET', path, query: { filter: value, max_results: 5 } })
      expect([200, 400], answer.text).toContain(answer.status)
      if (value !== filter || !value.includes('%')) expect(answer.status, answer.text).toBe(200)
    }
  })

  test('gets errors that it can read', async () => {
    const missing = { method: 'GET', path: `${workspaceApi}/runs/get`, query: { run_id: 'f'.repeat(32) } }
    await expect(client().sendRetrying(missing)).rejects.toMatchObject({
      statusCode: 404,
      serviceCode: 'NotAuthorizedOrNotFound',
      opcRequestId: expect.any(String),
    })
  })

  test('is refused alike for whatever reason', async () => {
    const other = createOciUser(directory, `stranger-${randomUUID()}`)
    const asRoot = { ...root, privateKeyPem: other.privateKeyPem }
    const unknown = { ...root, fingerprint: other.fingerprint }
    const bodies = []
    for (const user of [asRoot, unknown]) {
      const answer = await new OciClient(common, server.url, user).send({
        method: 'GET',
        path: `${platformPath}/workspaces`,
      })
      expect(answer.status).toBe(401)
      bodies.push(answer.text)
    }
    expect(new Set(bodies).size).toBe(1)
    expect(JSON.parse(bodies[0]!)).toMatchObject({ code: 'NotAuthenticated', error_code: 'UNAUTHENTICATED' })
  })

  test('retries with one token have one effect', async () => {
    const token = randomUUID()
    const request = {
      method: 'POST',
      path: `${workspaceApi}/runs/create`,
      body: { run_name: 'once' },
      headers: { 'opc-retry-token': token },
    }
    const answers = await Promise.all([client().send(request), client().send(request), client().send(request)])
    const ids = answers.map(({ body }) => body.run.info.run_id)
    expect(new Set(ids).size).toBe(1)
    const other = await client().send({ ...request, body: { run_name: 'twice' } })
    expect(other.status).toBe(409)
  })

  test('pages by the header and the body alike', async () => {
    const names = [1, 2, 3].map((number) => `page ${which} ${number} ${randomUUID()}`)
    for (const name of names) {
      await client().send({ method: 'POST', path: `${workspaceApi}/experiments/create`, body: { name } })
    }
    const found: string[] = []
    let page_token: string | undefined
    do {
      const body = { max_results: 1, filter: `name LIKE 'page ${which}%'`, ...(page_token ? { page_token } : {}) }
      const answer = await client().send({ method: 'POST', path: `${workspaceApi}/experiments/search`, body })
      expect(answer.status, answer.text).toBe(200)
      expect(answer.headers.get('opc-next-page') ?? undefined).toBe(answer.body.next_page_token)
      found.push(...(answer.body.experiments ?? []).map(({ name }: { name: string }) => name))
      page_token = answer.body.next_page_token
    } while (page_token !== undefined)
    expect(found.toSorted()).toEqual(names.toSorted())
  })

  test('signs with a session token', async () => {
    const session = await client().send({
      method: 'POST',
      path: `${platformPath}/mlops/api/2.0/runstead/users/me/sessions`,
      body: { public_key: root.publicKeyPem, seconds: 600 },
    })
    expect(session.status, session.text).toBe(200)
    const bySession = new OciClient(common, server.url, root, { sessionToken: session.body.token })
    const answer = await bySession.send({
      method: 'POST',
      path: `${workspaceApi}/experiments/search`,
      body: { max_results: 1 },
    })
    expect(answer.status, answer.text).toBe(200)
  })
})

test('what a signed call creates the stock API finds with a token, and the reverse', async () => {
  const token = runRunstead(directory, 'token', 'create', 'root').split('\n').at(-1)!
  const authorization = `Bearer ${token}`
  const signed = new OciClient(current, server.url, root)
  const created = await signed.send({
    method: 'POST',
    path: `${workspaceApi}/runs/create`,
    body: { run_name: 'signed' },
  })
  const runId = created.body.run.info.run_id
  const found = await fetch(`${server.url}/api/2.0/mlflow/runs/get?run_id=${runId}`, { headers: { authorization } })
  expect(await found.json()).toMatchObject({ run: { info: { run_name: 'signed', user_id: expect.any(String) } } })
  const made = await fetch(`${server.url}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_id: '0', run_name: 'by token' }),
  })
  const { run } = (await made.json()) as { run: { info: { run_id: string } } }
  const read = await signed.send({
    method: 'GET',
    path: `${workspaceApi}/runs/get`,
    query: { run_id: run.info.run_id },
  })
  expect(read.body.run.info.run_name).toBe('by token')
})
