import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const defaultId = 'ocid1.aidataplatform.local..default'

describe.each(databases)('platforms on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const send = async (method: 'GET' | 'POST', url: string, body?: unknown) =>
    server.http.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })

  test.each(['/20240831', '/api/20240831', '/20260430', '/api/20260430'])('list and get below %s', async (root) => {
    const list = await send('GET', `${root}/aiDataPlatforms?displayName=default&compartmentId=c`)
    expect(list.statusCode, list.body).toBe(200)
    const { items } = list.json()
    expect(items).toMatchObject([{ id: defaultId, displayName: 'default', lifecycleState: 'ACTIVE', freeformTags: {} }])
    const one = await send('GET', `${root}/aiDataPlatforms/${defaultId}`)
    expect(one.json()).toEqual(items[0])
    expect(one.headers['etag']).toBe('"1"')
    const absent = await send('GET', `${root}/aiDataPlatforms/ocid1.aidataplatform.local..none`)
    expect([absent.statusCode, absent.json().code]).toEqual([404, 'NotAuthorizedOrNotFound'])
    const other = await send('GET', `${root}/dataLakes`)
    expect([other.statusCode, other.json().code]).toEqual([404, 'NotFound'])
  })

  test.each(['/20240831', '/api/20240831'])(
    'what the control plane does not serve is not there, below %s',
    async (root) => {
      for (const [method, path] of [
        ['DELETE', `/aiDataPlatforms/${defaultId}`],
        ['PUT', `/aiDataPlatforms/${defaultId}`],
        ['POST', `/aiDataPlatforms/${defaultId}/actions/changeCompartment`],
        ['DELETE', '/workRequests/1'],
        ['PATCH', '/aiDataPlatforms'],
      ] as const) {
        const answer = await server.http.inject({ method, url: `${root}${path}` })
        expect([answer.statusCode, answer.json().code], `${method} ${path}`).toEqual([404, 'NotFound'])
        expect(answer.headers['allow']).toBeUndefined()
      }
      const options = await server.http.inject({ method: 'OPTIONS', url: `${root}/aiDataPlatforms/${defaultId}` })
      expect([options.statusCode, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS'])
    },
  )

  test.each([
    ['lifecycleState=active', 1],
    ['lifecycleState=&displayName=&id=', 1],
    ['lifecycleState=FAILED', 0],
    ['excludeLifecycleState=Active', 0],
    ['excludeLifecycleState=DELETED&includeLegacy=true', 1],
  ])('a list with %s has %d', async (query, count) => {
    const list = await send('GET', `/20240831/aiDataPlatforms?${query}`)
    expect(list.json().items, list.body).toHaveLength(count)
  })

  test('a new platform has its own default workspace; nothing of it shows on another platform', async () => {
    const answer = await send('POST', '/20260430/aiDataPlatforms', { displayName: 'Second' })
    expect(answer.statusCode, answer.body).toBe(201)
    const { id } = answer.json()
    expect(answer.headers['location']).toBe(`/20260430/aiDataPlatforms/${id}`)
    const root = `/20260430/aiDataPlatforms/${id}`
    const workspaces = await send('GET', `${root}/workspaces`)
    expect(workspaces.json().items).toMatchObject([{ key: 'default', type: 'DEFAULT' }])
    const experiments = `${root}/workspaces/default/mlops/api/2.0/mlflow/experiments`
    expect((await send('POST', `${experiments}/search`, {})).json().experiments).toMatchObject([{ name: 'Default' }])
    const created = await send('POST', `${experiments}/create`, { name: 'mine' })
    const { experiment_id } = created.json()
    const elsewhere = `/20260430/aiDataPlatforms/${defaultId}/workspaces/default/mlops/api/2.0/mlflow/experiments`
    expect((await send('GET', `${elsewhere}/get?experiment_id=${experiment_id}`)).statusCode).toBe(404)
    await send('POST', `${root}/workspaces`, { displayName: 'theirs' })
    const ours = await send('GET', `/20260430/aiDataPlatforms/${defaultId}/workspaces?displayName=theirs`)
    expect(ours.json().items).toEqual([])
  })

  test('an id is taken once and must be an OCID; a name must be there', async () => {
    const id = 'ocid1.aidataplatform.local..chosen'
    const create = (body: object) => send('POST', '/20260430/aiDataPlatforms', body)
    expect((await create({ displayName: 'Chosen', id })).json()).toMatchObject({ id, displayName: 'Chosen' })
    for (const [body, status, code] of [
      [{ displayName: 'Chosen', id }, 409, 'NotAuthorizedOrResourceAlreadyExists'],
      [{ displayName: 'Wrong', id: '../etc' }, 400, 'InvalidParameter'],
      [{ displayName: 'Wrong', id: `ocid1.a.b.c.${'x'.repeat(600)}` }, 400, 'InvalidParameter'],
      [{ displayName: ' ' }, 400, 'MissingParameter'],
      [{ displayName: 'x'.repeat(256) }, 400, 'InvalidParameter'],
      [{}, 400, 'MissingParameter'],
    ] as const) {
      const answer = await create(body)
      expect([answer.statusCode, answer.json().code], answer.body).toEqual([status, code])
    }
    const together = await Promise.all(Array.from({ length: 4 }, (_, place) => create({ displayName: `p${place}` })))
    expect(together.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201, 201])
  })

  test('pages', async () => {
    const seen: string[] = []
    let page = ''
    for (let pages = 0; pages < 20; pages++) {
      const answer = await send('GET', `/20260430/aiDataPlatforms?sortBy=displayName&limit=2${page}`)
      seen.push(...answer.json().items.map((item: { displayName: string }) => item.displayName))
      if (answer.headers['opc-next-page'] === undefined) break
      page = `&page=${answer.headers['opc-next-page']}`
    }
    expect(seen).toEqual([...seen].sort())
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThan(4)
    for (const query of ['limit=0', 'limit=x', 'sortBy=size', 'sortOrder=up', 'page=x']) {
      expect((await send('GET', `/20260430/aiDataPlatforms?${query}`)).statusCode, query).toBe(400)
    }
  })
})
