import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const root = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/mlops/api/2.0'

describe.each(databases)('registered-models/summary on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
    const names = [
      'plain',
      'two.parts',
      'a.b.one',
      'a.b.two',
      'a.b.c.d',
      'a.b.',
      'default.default.m',
      'A.b.x',
      'ä.ö.ü',
      'a.bx.y',
    ]
    for (const name of names) {
      const made = await server.mlflow.post('/2.0/mlflow/registered-models/create', { name })
      expect(made.status, made.text).toBe(200)
    }
    for (const name of ['a.b.one', 'a.b.one', 'plain']) {
      const made = await server.mlflow.post('/2.0/mlflow/model-versions/create', { name, source: 's3://bucket/m' })
      expect(made.status, made.text).toBe(200)
    }
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'a.b.prompt', tags })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const summary = async (query: string) => {
    const answer = await server.http.inject({ url: `${root}/registered-models/summary${query}` })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }

  test.each([
    ['a', 'b', 2, 2],
    ['A', 'b', 1, 0],
    ['%C3%A4', '%C3%B6', 1, 0],
    ['default', 'default', 5, 1],
    ['a', 'none', 0, 0],
    ['%25', '%25', 0, 0],
  ])('%s.%s has %i models and %i versions', async (catalog, schema, models, versions) => {
    const answer = await summary(`?catalog=${catalog}&schema=${schema}`)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        registered_models_count: models,
        model_versions_count: versions,
        model_deployments_count: 0,
        active_deployment_count: 0,
      },
    })
    expect(answer.headers['etag']).toBeUndefined()
    expect(answer.headers['opc-request-id']).toBeDefined()
  })

  test('both names must be given', async () => {
    for (const [query, field] of [
      ['', 'catalog'],
      ['?catalog=a', 'schema'],
      ['?schema=a&catalog=', 'catalog'],
    ] as const) {
      const answer = await summary(query)
      expect(answer).toMatchObject({ status: 400, body: { code: 'MissingParameter' } })
      expect(answer.body.message).toContain(field)
    }
    expect(await summary(`?catalog=${'x'.repeat(1000)}&schema=b`)).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    })
  })

  test('another platform sees none of it', async () => {
    const headers = { 'content-type': 'application/json' }
    const url = '/20260430/aiDataPlatforms'
    const made = await server.http.inject({ method: 'POST', url, payload: '{"displayName": "other"}', headers })
    const path = `/20260430/aiDataPlatforms/${made.json().id}/mlops/api/2.0/registered-models/summary?catalog=a&schema=b`
    expect((await server.http.inject({ url: path })).json()).toMatchObject({ registered_models_count: 0 })
  })
})
