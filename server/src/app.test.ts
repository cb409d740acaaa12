import { expect, test } from 'vitest'
import { aidpOperations } from './contract/aidp/aidp-contract.ts'
import { startTestServer } from './testing/start-test-server.ts'

test('probes answer at every mount as MLflow does', async () => {
  await using server = await startTestServer('sqlite')
  for (const mount of [server.mounts.mlflow, server.mounts.aidp, `/api${server.mounts.aidp}`]) {
    const get = (path: string) => server.http.inject({ url: mount + path })
    expect(await get('/health')).toMatchObject({ statusCode: 200, body: 'OK' })
    expect(await get('/version')).toMatchObject({ statusCode: 200, body: '3.17.0' })
    expect((await get('/api/3.0/mlflow/server-info')).json()).toMatchObject({ store_type: 'SqlStore' })
    expect((await get('/api/2.0/mlflow/experiments/get?experiment_id=0')).statusCode).toBe(200)
    expect((await get('/ajax-api/2.0/mlflow/experiments/get?experiment_id=0')).statusCode).toBe(200)
  }
})

test('the OpenAPI document describes every endpoint and every AIDP operation, and every reference resolves', async () => {
  await using server = await startTestServer('sqlite')
  const document = (await server.http.inject({ url: '/openapi.json' })).json()
  expect(document.openapi).toBe('3.1.0')
  const restore = '/api/2.0/mlflow/runs/restore'
  expect(document.paths[restore].post.summary).toContain('Bring a deleted run back')
  const tenantPath = `/20260430/aiDataPlatforms/{aiDataPlatformId}/workspaces/{workspaceKey}/mlops${restore}`
  expect(document.paths[tenantPath].post).toMatchObject({ operationId: 'restoreExperimentRun', tags: ['AIDP'] })
  expect(document.paths[tenantPath].post.parameters.map(({ name }: { name: string }) => name)).toEqual([
    'aiDataPlatformId',
    'workspaceKey',
    'opc-retry-token',
    'opc-request-id',
  ])
  const operations = Object.values<Record<string, { tags: string[]; operationId: string }>>(document.paths)
    .flatMap((item) => Object.values(item))
    .filter(({ tags }) => tags.includes('AIDP'))
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(aidpOperations.map(({ id }) => id).sort())
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty([name as string])
  }
  const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('the page at / shows how to log a first run, and runs no script', async () => {
  await using server = await startTestServer('sqlite')
  const answer = await server.http.inject({ url: '/', headers: { host: 'localhost:5000' } })
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(answer.body).toContain('mlflow.set_tracking_uri(&quot;http://localhost:5000&quot;)'.replaceAll('&quot;', '"'))
  expect(answer.body).not.toContain('<script')
})
