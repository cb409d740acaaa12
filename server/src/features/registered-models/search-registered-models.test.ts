import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/registered-models'
const isPrompt = 'mlflow.prompt.is_prompt'

describe.each(databases)('registered-models/search on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
    const create = (name: string, tags: Record<string, string> = {}) =>
      server.mlflow.post(`${path}/create`, {
        name,
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      })
    await create('b', { team: 'risk', long: 'x'.repeat(100) })
    await create('B', { team: 'Risk' })
    await create('a.b.churn', { team: 'sales' })
    await create('prompt', { [isPrompt]: 'true', team: 'risk' })
    await create('shouting', { [isPrompt]: 'TRUE' })
    await create('denied', { [isPrompt]: 'false' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const names = async (query: Record<string, string | number | string[]> = {}, client = server.mlflow) => {
    const answer = await client.get(`${path}/search`, query)
    expect(answer.status, answer.text).toBe(200)
    return (answer.body.registered_models ?? []).map((model: { name: string }) => model.name)
  }

  test.each([
    ['', ['B', 'a.b.churn', 'b', 'denied', 'shouting']],
    ["name = 'b'", ['b']],
    ["name != 'b'", ['B', 'a.b.churn', 'denied', 'shouting']],
    ["name LIKE '%b%'", ['a.b.churn', 'b']],
    ["name LIKE 'a.%'", ['a.b.churn']],
    ["name ILIKE 'B'", ['B', 'b']],
    ["name IN ('b', 'B', 'x')", ['B', 'b']],
    ["name NOT IN ('b', 'B')", ['a.b.churn', 'denied', 'shouting']],
    ["tags.team = 'risk'", ['b']],
    ["tag.team ILIKE 'RISK'", ['B', 'b']],
    ["tags.team LIKE 'ri%'", ['b']],
    ["tags.team != 'risk'", ['B', 'a.b.churn']],
    [`tags.long = '${'x'.repeat(100)}'`, ['b']],
    [`tags.long = '${'x'.repeat(99)}'`, []],
    ["tags.team = 'risk' AND name = 'B'", []],
    ["tags.team = 'risk' OR name = 'B'", ['B', 'b']],
    ["NOT tags.team = 'risk'", ['B', 'a.b.churn', 'denied', 'shouting']],
    ['tags.team IS NULL', ['denied', 'shouting']],
    [`tags.\`${isPrompt}\` = 'true'`, ['prompt']],
    [`tags.${isPrompt} = 'true' AND tags.team = 'sales'`, []],
    [`tags.${isPrompt} = 'TRUE'`, ['shouting']],
    [`tags.${isPrompt} != 'false'`, ['prompt', 'shouting']],
    [`tags.${isPrompt} = 'false'`, ['B', 'a.b.churn', 'b', 'denied', 'shouting']],
    [`tags.${isPrompt} != 'true'`, ['B', 'a.b.churn', 'b', 'denied', 'shouting']],
    [`tags.${isPrompt} LIKE 'true'`, ['B', 'a.b.churn', 'b', 'denied', 'shouting']],
    [`tags.${isPrompt} = 'true' AND tags.${isPrompt} = 'false'`, []],
    [`tags.${isPrompt} IS NOT NULL`, ['denied', 'prompt', 'shouting']],
  ])('filter %j', async (filter, expected) => {
    expect(await names({ filter })).toEqual(expected)
  })

  test.each([
    ["`name` = 'b'", "Invalid attribute key '`name`' specified. Valid keys are '{'name'}'"],
    ["description = 'x'", "Invalid attribute key 'description' specified. Valid keys are '{'name'}'"],
    ["tags.a NOT LIKE 'x'", 'Invalid comparator for tag: NOT LIKE'],
  ])('refuses the filter %j', async (filter, text) => {
    const answer = await server.mlflow.get(`${path}/search`, { filter })
    expect([answer.status, answer.body.message]).toEqual([400, text])
  })

  test('orders by name and last update', async () => {
    const shown = ['B', 'a.b.churn', 'b', 'denied', 'shouting']
    expect(await names({ order_by: 'name DESC' })).toEqual(shown.toReversed())
    await server.mlflow.patch(`${path}/update`, { name: 'a.b.churn', description: 'x' })
    expect((await names({ order_by: 'last_updated_timestamp DESC' }))[0]).toBe('a.b.churn')
    expect((await names({ order_by: 'timestamp' })).at(-1)).toBe('a.b.churn')
    for (const [order_by, status] of [
      ['creation_timestamp', 400],
      ['name foo', 400],
      ['', 400],
      ['name, timestamp', 400],
    ] as const) {
      expect((await server.mlflow.get(`${path}/search`, { order_by })).status, order_by).toBe(status)
    }
    const twice = await server.mlflow.get(`${path}/search`, { order_by: ['name', 'name DESC'] })
    expect([twice.status, twice.body.error_code]).toEqual([500, 'INTERNAL_ERROR'])
  })

  test.each([[], ['name DESC'], ['timestamp DESC'], ['timestamp', 'name DESC']])(
    'pages ordered by %j meet every model once',
    async (...order_by) => {
      const whole = await names({ order_by })
      const seen: string[] = []
      for (let page_token = '', count = 0; count < 10; count++) {
        const { body } = await server.mlflow.get(`${path}/search`, { order_by, max_results: 2, page_token })
        seen.push(...(body.registered_models ?? []).map((model: { name: string }) => model.name))
        page_token = body.next_page_token
        if (page_token === undefined) break
      }
      expect(seen).toEqual(whole)
    },
  )

  test('sizes of pages and tokens', async () => {
    const ask = (query: Record<string, string | number>) => server.mlflow.get(`${path}/search`, query)
    const zero = await ask({ max_results: 0 })
    expect(Object.keys(zero.body)).toEqual(['next_page_token'])
    expect(await names({ page_token: zero.body.next_page_token })).toHaveLength(5)
    expect(await ask({ max_results: 0, filter: "name = 'nobody'" })).toMatchObject({ status: 200, body: {} })
    const big = await ask({ max_results: 1001 })
    expect(big.status).toBe(400)
    expect(big.body.message).toContain(`Invalid value "1001" for parameter 'max_results' supplied:  Hint`)
    expect((await ask({ max_results: -1 })).status).toBe(400)
    expect((await ask({ max_results: 'x' })).status).toBe(400)
    expect((await ask({ page_token: '!' })).status).toBe(400)
    const { next_page_token } = (await ask({ max_results: 1 })).body
    expect((await ask({ page_token: next_page_token, filter: "name != 'x'" })).status).toBe(400)
    for (const max_results of [0, 1001]) {
      expect((await server.platform.get(`${path}/search`, { max_results })).body.code).toBe('InvalidParameter')
    }
  })

  test('AIDP: LIKE means contains, one string may hold several orders, an empty list is there', async () => {
    expect(await names({ filter: "name LIKE 'chur'" }, server.platform)).toEqual(['a.b.churn'])
    expect(await names({ filter: "name LIKE 'CHUR'" }, server.platform)).toEqual([])
    expect(await names({ filter: "name ILIKE 'CHUR'" }, server.platform)).toEqual(['a.b.churn'])
    expect(await names({ filter: "name LIKE 'chur'" })).toEqual([])
    const query = { order_by: 'timestamp DESC, name', is_deployment_summary_enabled: 'true' }
    expect(await names(query, server.platform)).toHaveLength(5)
    const none = await server.platform.get(`${path}/search`, { filter: "name = 'nobody'" })
    expect(none.body).toEqual({ registered_models: [] })
    const paged = await server.platform.get(`${path}/search`, { max_results: 1 })
    expect(paged.headers['opc-next-page']).toBe(paged.body.next_page_token)
  })
})
