import { describe, expect, test } from 'vitest'
import { databases } from '../testing/databases.ts'
import { startTestServer } from '../testing/start-test-server.ts'
import { createPageTokens } from './page-tokens.ts'

const tokens = createPageTokens(new Uint8Array(32).fill(7))

test('LIM-13 a token opens where it was sealed, and nowhere else', () => {
  const sealed = tokens.seal('here', 'a+b/c==')
  expect(sealed).toMatch(/^[\w.-]+$/)
  expect(tokens.open('here', sealed)).toBe('a-b_c')
  expect(tokens.open('there', sealed)).toBeUndefined()
  expect(createPageTokens(new Uint8Array(32)).open('here', sealed)).toBeUndefined()
  for (const wrong of [
    '',
    '.',
    'a',
    sealed.slice(1),
    sealed.slice(0, -1),
    `${sealed}A`,
    `${sealed}=`,
    sealed.toUpperCase(),
  ]) {
    expect(tokens.open('here', wrong), wrong).toBeUndefined()
  }
})

describe.each(databases)('page tokens on %s', (engine) => {
  test('LIM-13 belong to one operation, filter and order; edited ones are refused', async () => {
    await using server = await startTestServer(engine)
    for (let i = 0; i < 3; i++) await server.given.experiment()
    const run_id = await server.given.run()
    await server.given.run()
    for (const step of [1, 2, 3]) {
      await server.mlflow.post('/2.0/mlflow/runs/log-metric', { run_id, key: 'm', value: step, timestamp: 1, step })
    }
    const lists = {
      experiments: (page_token: string, change: object = {}) =>
        server.aidp.post('/2.0/mlflow/experiments/search', { max_results: 1, page_token, ...change }),
      runs: (page_token: string, change: object = {}) =>
        server.aidp.post('/2.0/mlflow/runs/search', { experiment_ids: ['0'], max_results: 1, page_token, ...change }),
      history: (page_token: string, change: object = {}) =>
        server.aidp.get('/2.0/mlflow/metrics/get-history', {
          run_id,
          metric_key: 'm',
          max_results: 1,
          ...(page_token === '' ? {} : { page_token }),
          ...change,
        }),
    }
    for (const [name, list] of Object.entries(lists)) {
      const first = await list('')
      expect(first, name).toMatchObject({ status: 200 })
      const token: string = first.body.next_page_token
      expect(token, name).toMatch(/^[\w-]+\.[\w-]+$/)
      expect(first.headers['opc-next-page'], name).toBe(token)
      expect((await list(token)).status, name).toBe(200)
      const [inner = ''] = token.split('.')
      const wrong = ['x', inner, `${token}x`, `${inner}A.${token.split('.')[1]}`, token.slice(0, -1), '9'.repeat(5000)]
      for (const page_token of wrong) {
        expect(await list(page_token), `${name} ${page_token}`).toMatchObject({
          status: 400,
          body: { code: 'InvalidParameter' },
        })
      }
      for (const [other, listOther] of Object.entries(lists)) {
        if (other !== name) expect((await listOther(token)).status, `${name} at ${other}`).toBe(400)
      }
    }
    const { body } = await lists.runs('')
    for (const change of [
      { filter: "params.a = '1'" },
      { order_by: ['attributes.end_time'] },
      { experiment_ids: ['1'] },
    ]) {
      expect((await lists.runs(body.next_page_token, change)).status).toBe(400)
    }
    expect((await lists.runs(body.next_page_token, { max_results: 5 })).status).toBe(200)
    const history = (await lists.history('')).body.next_page_token
    expect((await lists.history(history, { metric_key: 'other' })).status).toBe(400)
  })

  test('LIM-13 a list without pages ignores them, as MLflow does; one with pages refuses foreign ones', async () => {
    await using server = await startTestServer(engine)
    const query = { run_id: await server.given.run(), page_token: 'abc' }
    expect(await server.mlflow.get('/2.0/mlflow/artifacts/list', query)).toMatchObject({ status: 200 })
    expect(await server.aidp.get('/2.0/mlflow/artifacts/list', query)).toMatchObject({ status: 400 })
    const page = await server.http.inject({
      url: `${server.mounts.aidp.replace('/default/mlops', '')}?page=abc&limit=1`,
    })
    expect(page).toMatchObject({ statusCode: 400 })
  })

  test('go on through three pages, the same on both faces', async () => {
    await using server = await startTestServer(engine)
    for (let i = 0; i < 3; i++) await server.given.run()
    const found: string[] = []
    let page_token = ''
    for (const face of [server.mlflow, server.aidp, server.mlflow]) {
      const { body } = await face.post('/2.0/mlflow/runs/search', { experiment_ids: ['0'], max_results: 1, page_token })
      found.push(body.runs[0].info.run_id)
      page_token = body.next_page_token ?? ''
    }
    expect(new Set(found).size).toBe(3)
    expect(page_token).toBe('')
  })
})
