/** What `oci-common` does about failures: it reads errors, tries again where that helps, and goes on through pages. */
import { randomUUID } from 'node:crypto'
import * as current from 'oci-common'
import * as oldest from 'oci-common-oldest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createOciUser,
  type OciAnswer,
  OciClient,
  type OciRequest,
  type OciUser,
  platformPath,
  registryApi,
  workspaceApi,
} from './oci/oci-client.ts'
import { type ScriptedProxy, scriptHeader, startScriptedProxy } from './oci/scripted-proxy.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const stack = new AsyncDisposableStack()
let server: ServerProcess
let proxy: ScriptedProxy
let root: OciUser
let throttled: ServerProcess
const callers: OciUser[] = []

beforeAll(async () => {
  const directory = stack.use(await scratchDirectory('oci-retries')).path
  root = createOciUser(directory, 'root', '--administrator')
  server = stack.use(await startRunstead(directory))
  proxy = stack.use(await startScriptedProxy(server.url))
  const other = stack.use(await scratchDirectory('oci-throttled')).path
  for (const name of ['one', 'two']) callers.push(createOciUser(other, name, '--administrator'))
  throttled = stack.use(await startRunstead(other, ['--rate-limit', '2', '--rate-burst', '4']))
}, 180_000)

afterAll(() => stack.disposeAsync())

const search: OciRequest = { method: 'POST', path: `${workspaceApi}/experiments/search`, body: { max_results: 1 } }

describe.each([
  ['the current release', current, 0],
  ['the oldest release in use', oldest as unknown as typeof current, 1],
])('oci-common, %s', (_which, common, number) => {
  const client = () => new OciClient(common, server.url, root)
  const post = (path: string, body: unknown, headers = {}): OciRequest => ({ method: 'POST', path, body, headers })

  describe('tries again', () => {
    test.each([
      ['lost answers', 'drop;drop'],
      ['409 IncorrectState', '409;409'],
      ['429 and 503', '429;503'],
      ['500 and a lost answer', '500;drop'],
    ])('after %s, with one token and one effect', async (_what, script) => {
      const name = randomUUID()
      const through = new OciClient(common, proxy.url, root, { retryDelay: 0.05 })
      const headers = { [scriptHeader]: `${name};${script}`, 'opc-retry-token': undefined }
      const answer = await through.sendRetrying(post(`${workspaceApi}/runs/create`, { run_name: name }, headers))
      expect(answer.status, answer.text).toBe(200)
      const attempts = proxy.attemptsOf(name)
      expect(attempts).toHaveLength(3)
      expect([...new Set(attempts.map(({ retryToken }) => retryToken))]).toEqual([expect.stringMatching(/^.{8,64}$/)])
      const found = await client().send(
        post(`${workspaceApi}/runs/search`, { experiment_ids: ['0'], filter: `attributes.run_name = '${name}'` }),
      )
      expect(found.body.runs.map(({ info }: { info: { run_id: string } }) => info.run_id)).toEqual([
        answer.body.run.info.run_id,
      ])
    })

    test('and gives up on a lasting conflict at once', async () => {
      const name = randomUUID()
      const through = new OciClient(common, proxy.url, root, { retryDelay: 0.05 })
      const path = `${workspaceApi}/experiments/create`
      await client().send(post(path, { name }))
      const again = through.sendRetrying(post(path, { name }, { [scriptHeader]: name }))
      await expect(again).rejects.toMatchObject({
        statusCode: 409,
        serviceCode: 'NotAuthorizedOrResourceAlreadyExists',
      })
      expect(proxy.attemptsOf(name)).toHaveLength(1)
    })

    test('while the server throttles, until all is done', { timeout: 60_000 }, async () => {
      const caller = callers[number]!
      const plain = new OciClient(common, throttled.url, caller)
      const answers = await Promise.all(Array.from({ length: 8 }, () => plain.send(search)))
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused.length).toBeGreaterThan(0)
      expect(refused[0]!.body.code).toBe('TooManyRequests')
      expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
      // As they come: with the package's own growing waits.
      const retried = await Promise.all(
        Array.from({ length: 6 }, () => new OciClient(common, throttled.url, caller).sendRetrying(search)),
      )
      expect(retried.map(({ status }) => status)).toEqual(Array(6).fill(200))
    })
  })

  describe('reads', () => {
    const taken = `taken ${randomUUID()}`
    const token = randomUUID()
    const workspace = `${platformPath}/workspaces/default`
    beforeAll(async () => {
      await client().send(post(`${workspaceApi}/experiments/create`, { name: taken }))
      await client().send(post(`${workspaceApi}/runs/create`, { run_name: 'a' }, { 'opc-retry-token': token }))
    })

    test.each<[number, string, () => OciRequest]>([
      [400, 'InvalidParameter', () => post(`${workspaceApi}/runs/search`, { max_results: -1 })],
      [400, 'MissingParameter', () => post(`${workspaceApi}/experiments/create`, {})],
      [400, 'CannotParseRequest', () => ({ ...post(`${workspaceApi}/runs/create`, 0), text: '["no object"]' })],
      [404, 'NotAuthorizedOrNotFound', () => post(`${workspaceApi}/runs/delete`, { run_id: 'f'.repeat(32) })],
      [404, 'NotFound', () => post(`${workspaceApi}/runs/absent`, {})],
      [405, 'MethodNotAllowed', () => ({ method: 'PUT', path: `${workspaceApi}/runs/create`, body: { a: 1 } })],
      [409, 'NotAuthorizedOrResourceAlreadyExists', () => post(`${workspaceApi}/experiments/create`, { name: taken })],
      [409, 'Conflict', () => post(`${workspaceApi}/runs/create`, { run_name: 'b' }, { 'opc-retry-token': token })],
      [
        412,
        'NoEtagMatch',
        () => ({ method: 'PUT', path: workspace, body: { description: 'd' }, headers: { 'if-match': '"0"' } }),
      ],
      [413, 'PayloadTooLarge', () => post(`${workspaceApi}/runs/create`, { run_name: 'x'.repeat(1_100_000) })],
    ])('%d %s', async (statusCode, serviceCode, request) => {
      await expect(client().sendRetrying(request())).rejects.toMatchObject({
        statusCode,
        serviceCode,
        message: expect.stringMatching(/\w/),
        opcRequestId: expect.stringMatching(/^[^/]*\/[0-9a-f]{32}\/[0-9a-f]{32}$/),
      })
    })

    test('401 NotAuthenticated', async () => {
      const wrong = new OciClient(common, server.url, { ...root, fingerprint: Array(16).fill('00').join(':') })
      await expect(wrong.sendRetrying(search)).rejects.toMatchObject({
        statusCode: 401,
        serviceCode: 'NotAuthenticated',
        opcRequestId: expect.any(String),
      })
    })
  })

  describe('goes on', () => {
    test('through the pages of an OCI list, by header', async () => {
      const prefix = `pages ${randomUUID()}`
      for (const letter of ['a', 'b', 'c', 'd', 'e']) {
        await client().send(post(`${platformPath}/workspaces`, { displayName: `${prefix} ${letter}` }))
      }
      const query = { displayNameContains: prefix, sortBy: 'displayName', limit: 2 }
      const pages: number[] = []
      const names: string[] = []
      const list = async (request: { page?: string }): Promise<OciAnswer> => {
        const answer = await client().sendRetrying({
          method: 'GET',
          path: `${platformPath}/workspaces`,
          query: { ...query, ...request },
        })
        pages.push(answer.body.items.length)
        return answer
      }
      for await (const { displayName } of common.genericPaginateRecords<
        { page?: string },
        OciAnswer,
        { displayName: string }
      >(
        {},
        list,
        ({ headers }) => headers.get('opc-next-page') ?? undefined,
        (request, page) => {
          request.page = page
        },
        ({ body }) => body.items,
      )) {
        names.push(displayName.at(-1)!)
      }
      expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(pages).toEqual([2, 2, 1])
    })

    // Both packages' paginators go on over an empty page; no list of this server has one before the end.
    test('through the pages of a selective search, none of them empty', async () => {
      const name = `pages ${randomUUID()}`
      const created = await client().send(post(`${workspaceApi}/experiments/create`, { name }))
      const { experiment_id } = created.body
      for (let index = 0; index < 12; index++) {
        const tags = [{ key: 'third', value: index % 3 === 0 ? 'yes' : 'no' }]
        await client().send(post(`${workspaceApi}/runs/create`, { experiment_id, tags, start_time: index }))
      }
      const pages: number[] = []
      const list = async (request: { page_token?: string }): Promise<OciAnswer> => {
        const body = { experiment_ids: [experiment_id], filter: "tags.third = 'yes'", max_results: 1, ...request }
        const answer = await client().sendRetrying(post(`${workspaceApi}/runs/search`, body))
        expect(answer.headers.get('opc-next-page') ?? undefined).toBe(answer.body.next_page_token)
        pages.push(answer.body.runs?.length ?? 0)
        return answer
      }
      let runs = 0
      for await (const _run of common.genericPaginateRecords<{ page_token?: string }, OciAnswer, unknown>(
        {},
        list,
        ({ headers }) => headers.get('opc-next-page') ?? undefined,
        (request, page) => {
          request.page_token = page
        },
        ({ body }) => body.runs ?? [],
      )) {
        runs++
      }
      expect(runs).toBe(4)
      expect(pages.slice(0, 4)).toEqual([1, 1, 1, 1])
    })

    test('through the pages of a search by query', async () => {
      const prefix = `p${randomUUID().replaceAll('-', '')}`
      for (const letter of ['a', 'b', 'c']) {
        await client().send(
          post(`${registryApi}/registered-models/create`, { name: `default.default.${prefix}${letter}` }),
        )
      }
      const names: string[] = []
      let page_token: string | undefined
      do {
        const filter = encodeURIComponent(`name LIKE '%${prefix}%'`)
        const query = { filter, max_results: 1, page_token }
        const answer = await client().send({ method: 'GET', path: `${registryApi}/registered-models/search`, query })
        expect(answer.status, answer.text).toBe(200)
        names.push(...answer.body.registered_models.map((model: { name: string }) => model.name.at(-1)))
        page_token = answer.headers.get('opc-next-page') ?? undefined
      } while (page_token !== undefined)
      expect(names).toEqual(['a', 'b', 'c'])
    })
  })
})
