import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestAnswer, type TestServer } from '../../testing/start-test-server.ts'

const platform = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

describe.each(databases)('workspaces on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function send(method: Method, path: string, body?: unknown): Promise<TestAnswer> {
    const answer = await server.http.inject({
      method,
      url: path.startsWith('/2') || path.startsWith('/api') ? path : platform + path,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const json = answer.body === '' ? undefined : answer.json()
    return {
      status: answer.statusCode,
      headers: answer.headers as TestAnswer['headers'],
      text: answer.body,
      body: json,
    }
  }

  const created = async (displayName: string): Promise<string> => {
    const answer = await send('POST', '/workspaces', { displayName })
    expect(answer.status, answer.text).toBe(201)
    return answer.body.key
  }

  const inWorkspace = (key: string, path: string) => `${platform}/workspaces/${key}/mlops/api/2.0/mlflow/${path}`

  test('a display name is neither blank nor holds control characters', async () => {
    for (const displayName of ['   ', '\t\n']) {
      expect(await send('POST', '/workspaces', { displayName })).toMatchObject({
        status: 400,
        body: { code: 'MissingParameter' },
      })
    }
    expect(await send('POST', '/workspaces', { displayName: 'a\u0000b' })).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter', message: expect.stringContaining('displayName') },
    })
  })

  test('a new workspace is active at once, with its async operation and its experiment Default', async () => {
    const network = { subnetId: 'ocid1.subnet.oc1..a', scanDetails: [{ fqdn: 'a.example', port: 443 }] }
    const details = { displayName: 'research', description: 'Of two people', networkConfigurationDetails: network }
    const answer = await send('POST', '/workspaces', details)
    expect(answer).toMatchObject({
      status: 201,
      headers: { etag: '"1"', 'aidp-async-operation-key': expect.stringMatching(/^[0-9a-f]{32}$/) },
      body: {
        key: expect.stringMatching(uuid),
        ...details,
        type: 'USER',
        lifecycleState: 'ACTIVE',
        timeCreated: expect.stringMatching(time),
        defaultCatalogKey: 'default',
        isPrivateNetworkEnabled: true,
        createdByName: 'anonymous',
      },
    })
    const { key } = answer.body
    expect(answer.headers['location']).toBe(`${platform}/workspaces/${key}`)
    expect(answer.headers['content-location']).toBe(`${platform}/workspaces/${key}`)
    expect(await send('GET', `/workspaces/${key}`)).toMatchObject({
      status: 200,
      body: answer.body,
      headers: { etag: '"1"' },
    })
    const operation = await send('GET', `/asyncOperations/${answer.headers['aidp-async-operation-key']}`)
    expect(operation).toMatchObject({
      status: 200,
      body: {
        key: answer.headers['aidp-async-operation-key'],
        resourceType: 'WORKSPACE',
        actionType: 'CREATE_WORKSPACE',
        resourceName: key,
        resourceDisplayName: 'research',
        status: 'SUCCEEDED',
        timeStarted: expect.stringMatching(time),
        timeFinished: expect.stringMatching(time),
      },
    })
    const found = await send('GET', inWorkspace(key, 'experiments/get?experiment_id=0'))
    expect(found.body.experiment).toMatchObject({
      name: 'Default',
      artifact_location: `mlflow-artifacts:/workspaces/${key}/${found.body.experiment.experiment_id}`,
    })
    expect(found.body.experiment.experiment_id).not.toBe('0')
  })

  test('experiments of another workspace are out of reach, and ids are unique in the instance', async () => {
    const [one, other] = [await created('one'), await created('other')]
    const make = (key: string) => send('POST', inWorkspace(key, 'experiments/create'), { name: 'mine' })
    const [first, second] = [(await make(one)).body.experiment_id, (await make(other)).body.experiment_id]
    expect(first).not.toBe(second)
    const foreign = await send('GET', inWorkspace(other, `experiments/get?experiment_id=${first}`))
    expect(foreign).toMatchObject({ status: 404, body: { code: 'NotAuthorizedOrNotFound' } })
    const run = await send('POST', inWorkspace(one, 'runs/create'), {})
    expect(run.status).toBe(200)
    const { run_id } = run.body.run.info
    expect((await send('GET', inWorkspace(one, `runs/get?run_id=${run_id}`))).status).toBe(200)
    expect((await send('GET', inWorkspace(other, `runs/get?run_id=${run_id}`))).status).toBe(404)
    expect((await send('POST', inWorkspace(other, 'runs/search'), {})).body.runs).toEqual([])
  })

  test('a deleted workspace leaves no data behind, versions made from it excepted', async () => {
    const key = await created('leaving')
    const post = (path: string, body: object) => send('POST', inWorkspace(key, path), body)
    const { run_id, artifact_uri } = (await post('runs/create', {})).body.run.info
    await post('runs/log-batch', { run_id, metrics: [{ key: 'm', value: 1, timestamp: 1, step: 0 }], params: [] })
    await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'kept' })
    const source = `${artifact_uri}/model`
    const version = await post('model-versions/create', { name: 'kept', source, run_id })
    expect(version.status, version.text).toBe(200)
    await post('runs/delete', { run_id })
    const workspace = await server.db.read
      .selectFrom('workspace_details')
      .select('workspace')
      .where('tenant', '=', 1)
      .where('key', '=', key)
      .executeTakeFirstOrThrow()
    expect((await send('DELETE', `/workspaces/${key}`)).status).toBeLessThan(300)
    const rows = async () => {
      const tables = (['experiments', 'runs', 'metric_summary', 'tags', 'keys'] as const).map((table) =>
        server.db.read.selectFrom(table).select('tenant').where('tenant', '=', workspace.workspace).execute(),
      )
      return (await Promise.all(tables)).flat()
    }
    await vi.waitFor(async () => expect(await rows()).toEqual([]), { timeout: 20_000, interval: 200 })
    const kept = await server.mlflow.get('/2.0/mlflow/model-versions/get', { name: 'kept', version: '1' })
    expect(kept.body.model_version).toMatchObject({ run_id, source })
  })

  test('a display name is taken once, whoever asks for it in whatever way', async () => {
    const key = await created('taken')
    expect(await send('POST', '/workspaces', { displayName: 'taken' })).toMatchObject({
      status: 409,
      body: { code: 'NotAuthorizedOrResourceAlreadyExists' },
    })
    const other = await created('free')
    expect(await send('PUT', `/workspaces/${other}`, { displayName: 'taken' })).toMatchObject({
      status: 409,
      body: { code: 'Conflict' },
    })
    expect((await send('PUT', `/workspaces/${key}`, { displayName: 'taken' })).status).toBe(200)
    const together = await Promise.all(
      Array.from({ length: 5 }, () => send('POST', '/workspaces', { displayName: 'contested' })),
    )
    expect(together.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  test('a repeat with the same retry token finds the first answer', async () => {
    const headers = { 'content-type': 'application/json', 'opc-retry-token': 'create-once' }
    const payload = JSON.stringify({ displayName: 'once' })
    const again = () => server.http.inject({ method: 'POST', url: `${platform}/workspaces`, payload, headers })
    const [first, second] = [await again(), await again()]
    expect([first.statusCode, second.statusCode], second.body).toEqual([201, 201])
    expect(second.json()).toEqual(first.json())
    for (const name of ['etag', 'location', 'aidp-async-operation-key']) {
      expect(second.headers[name], name).toBe(first.headers[name])
    }
    await send('DELETE', `/workspaces/${first.json().key}`)
    const late = await again()
    expect([late.statusCode, late.json().code]).toEqual([409, 'InvalidatedRetryToken'])
  })

  test('updating changes what is given', async () => {
    const key = await created('before')
    const answer = await send('PUT', `/workspaces/${key}`, { displayName: 'after', description: 'New' })
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"2"', 'aidp-async-operation-key': expect.any(String) },
      body: { key, displayName: 'after', description: 'New', defaultCatalogKey: 'default' },
    })
    const more = await send('PUT', `/workspaces/${key}`, {})
    expect(more).toMatchObject({ status: 200, body: { displayName: 'after', description: 'New' } })
  })

  test('a deleted workspace is gone at once, and its name is free', async () => {
    const key = await created('short-lived')
    expect((await send('POST', inWorkspace(key, 'runs/search'), {})).status).toBe(200)
    const answer = await send('DELETE', `/workspaces/${key}`)
    expect(answer).toMatchObject({ status: 202, text: '', headers: { 'aidp-async-operation-key': expect.any(String) } })
    expect((await send('POST', inWorkspace(key, 'runs/search'), {})).status).toBe(404)
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      expect(await send(method, `/workspaces/${key}`, method === 'PUT' ? {} : undefined)).toMatchObject({
        status: 404,
        body: { code: 'NotAuthorizedOrNotFound' },
      })
    }
    const names = (query: string) =>
      send('GET', `/workspaces?displayName=short-lived${query}`).then(({ body }) =>
        body.items.map((item: { lifecycleState: string }) => item.lifecycleState),
      )
    expect(await names('')).toEqual([])
    expect(await names('&lifecycleState=DELETED')).toEqual(['DELETED'])
    await created('short-lived')
  })

  test('a workspace in use and the default one cannot be deleted', async () => {
    const key = await created('busy')
    const { experiment_id } = (await send('POST', inWorkspace(key, 'experiments/create'), { name: 'e' })).body
    const refused = { status: 409, body: { code: 'Conflict' } }
    expect(await send('DELETE', `/workspaces/${key}`)).toMatchObject(refused)
    expect((await send('POST', inWorkspace(key, 'experiments/delete'), { experiment_id })).status).toBe(200)
    const { run_id } = (await send('POST', inWorkspace(key, 'runs/create'), {})).body.run.info
    expect(await send('DELETE', `/workspaces/${key}`)).toMatchObject(refused)
    expect((await send('POST', inWorkspace(key, 'runs/delete'), { run_id })).status).toBe(200)
    expect((await send('DELETE', `/workspaces/${key}`)).status).toBe(202)
    expect(await send('DELETE', '/workspaces/default')).toMatchObject(refused)
  })

  test('lists are filtered, ordered and paged', async () => {
    for (const name of ['page-c', 'page-a', 'page-b', 'Page-d', 'page_x']) await created(name)
    const list = (query: string) => send('GET', `/workspaces?${query}`)
    const names = ({ body }: TestAnswer) => body.items.map((item: { displayName: string }) => item.displayName)
    const seen: string[] = []
    let page = ''
    for (let pages = 0; pages < 10; pages++) {
      const answer = await list(`displayNameContains=page-&sortBy=displayName&limit=2${page}`)
      expect(answer.status, answer.text).toBe(200)
      seen.push(...names(answer))
      const next = answer.headers['opc-next-page']
      if (next === undefined) break
      expect(next).toMatch(/^[\w.-]+$/)
      page = `&page=${next}`
    }
    expect(seen).toEqual(['Page-d', 'page-a', 'page-b', 'page-c'])
    expect(names(await list('displayNameContains=PAGE-&sortBy=displayName&sortOrder=DESC&limit=1'))).toEqual(['page-c'])
    expect(names(await list('displayNameContains=page_')).sort()).toEqual(['page_x'])
    expect(names(await list('type=DEFAULT'))).toEqual(['default'])
    expect(names(await list('isPrivateNetworkEnabled=true&displayName=page-a'))).toEqual([])
    expect(names(await list('displayName=page-a'))).toEqual(['page-a'])
    const wrong = await list('displayNameContains=other&sortBy=displayName&limit=2'.concat(page || '&page=x'))
    expect(wrong).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
  })

  test.each([
    ['POST', '/workspaces', {}, 'MissingParameter', 'displayName'],
    ['POST', '/workspaces', { displayName: '' }, 'MissingParameter', 'displayName'],
    ['POST', '/workspaces', { displayName: 'x'.repeat(256) }, 'InvalidParameter', 'displayName'],
    ['POST', '/workspaces', { displayName: 5 }, 'InvalidParameter', 'displayName'],
    ['POST', '/workspaces', { displayName: 'a', description: 'x'.repeat(4001) }, 'InvalidParameter', 'description'],
    ['POST', '/workspaces', { displayName: 'a', networkConfigurationDetails: 5 }, 'InvalidParameter', 'network'],
    ['PUT', '/workspaces/default', { displayName: '' }, 'InvalidParameter', 'displayName'],
    ['GET', '/workspaces?limit=0', undefined, 'InvalidParameter', 'limit'],
    ['GET', '/workspaces?limit=1001', undefined, 'InvalidParameter', 'limit'],
    ['GET', '/workspaces?sortBy=size', undefined, 'InvalidParameter', 'sortBy'],
    ['GET', '/workspaces?sortOrder=up', undefined, 'InvalidParameter', 'sortOrder'],
    ['GET', '/workspaces?lifecycleState=GONE', undefined, 'InvalidParameter', 'lifecycleState'],
    ['GET', '/workspaces?type=OTHER', undefined, 'InvalidParameter', 'type'],
    ['GET', '/workspaces?page=nonsense', undefined, 'InvalidParameter', 'page'],
  ] as const)('%s %s with %j is refused', async (method, path, body, code, field) => {
    const answer = await send(method, path, body)
    expect(answer, answer.text).toMatchObject({ status: 400, body: { code } })
    expect(answer.body.message).toContain(field)
  })

  test('what is no JSON cannot be parsed', async () => {
    for (const payload of ['{"displayName"', '[1]', '5']) {
      const url = `${platform}/workspaces`
      const headers = { 'content-type': 'application/json' }
      const answer = await server.http.inject({ method: 'POST', url, payload, headers })
      expect(answer.statusCode).toBe(400)
      expect(answer.json().code).toBe('CannotParseRequest')
    }
  })

  test.each([
    ['/20260430/aiDataPlatforms/ocid1.aidataplatform.local..other/workspaces'],
    [`${platform}/workspaces/unknown`],
    [`${platform}/asyncOperations/0123`],
  ])('%s is not there', async (path) => {
    expect(await send('GET', path)).toMatchObject({
      status: 404,
      body: { code: 'NotAuthorizedOrNotFound', error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
  })

  test('an async operation is kept for 30 days', async () => {
    const answer = await send('POST', '/workspaces', { displayName: 'long ago' })
    const operation = answer.headers['aidp-async-operation-key'] ?? ''
    const started = Date.now() - 31 * 24 * 60 * 60_000
    await server.db.write(1 as never, (tx) =>
      tx
        .updateTable('async_operations')
        .set({ started })
        .where('tenant', '=', 1)
        .where('operation', '=', operation)
        .execute(),
    )
    expect((await send('GET', `/asyncOperations/${operation}`)).status).toBe(404)
  })

  test('MLflow clients choose a workspace by header; one that contradicts the path is refused', async () => {
    const key = await created('by-header')
    const search = async (url: string, workspace: string) => {
      const headers = { 'content-type': 'application/json', 'x-mlflow-workspace': workspace }
      return server.http.inject({ method: 'POST', url, payload: '{"max_results": 10}', headers })
    }
    const stock = '/api/2.0/mlflow/experiments/search'
    for (const name of [key, 'by-header']) {
      const answer = await search(stock, name)
      expect(answer.json().experiments).toMatchObject([{ name: 'Default', workspace: key }])
    }
    expect((await search(stock, 'nobody')).statusCode).toBe(404)
    const path = inWorkspace(key, 'experiments/search')
    expect((await search(path, key)).statusCode).toBe(200)
    expect((await search(path, 'default')).statusCode).toBe(400)
  })
})
