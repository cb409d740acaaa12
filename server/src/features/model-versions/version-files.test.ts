import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { platformOf } from '../../lib/tenant.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const platforms = '/20260430/aiDataPlatforms'
const proxy = '/api/2.0/mlflow-artifacts/artifacts'
const mountOf = (platform: string, workspace: string) => `${platforms}/${platform}/workspaces/${workspace}/mlops`
const second = mountOf('ocid1.aidataplatform.local..default', 'second')
const other = mountOf('other', 'default')

describe.each(databases)('files of versions in another workspace on %s', (engine) => {
  let server: TestServer
  let run = ''
  beforeAll(async () => {
    server = await startTestServer(engine)
    await createTestWorkspace(server.db, 'second')
    const platform = platformOf(2)
    await server.db.write(platform, async (tx) => {
      await tx.insertInto('platforms').values({ platform, id: 'other', name: 'other', created: 0 }).execute()
    })
    await createTestWorkspace(server.db, 'default', platform)
    run = (await json('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' })).run.info.run_id
    await send('PUT', `${proxy}/0/${run}/artifacts/model/MLmodel`, 'content')
    await json('POST', '/api/2.0/mlflow/registered-models/create', { name: 'shared' })
    for (const source of [`runs:/${run}/model`, `mlflow-artifacts:/0/${run}/artifacts/model`]) {
      await json('POST', '/api/2.0/mlflow/model-versions/create', { name: 'shared', source, run_id: run })
    }
    await json('POST', '/api/2.0/mlflow/model-versions/create', { name: 'shared', source: 's3://bucket/model' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function send(method: 'GET' | 'POST' | 'PUT', url: string, payload?: string) {
    const headers = method === 'POST' ? { 'content-type': 'application/json' } : {}
    return server.http.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  }

  async function json(method: 'GET' | 'POST', url: string, body?: object) {
    const answer = await send(method, url, body && JSON.stringify(body))
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }

  const uri = async (mount: string, version: number): Promise<string> =>
    (await json('GET', `${mount}/api/2.0/mlflow/model-versions/get-download-uri?name=shared&version=${version}`))
      .artifact_uri

  test('in its own workspace a version is read where it lies', async () => {
    expect(await uri('', 1)).toBe(`runs:/${run}/model`)
    expect(await uri('', 2)).toBe(`mlflow-artifacts:/0/${run}/artifacts/model`)
  })

  test.each([1, 2])('the other workspace of the platform reads and lists version %i', async (version) => {
    const given = await uri(second, version)
    expect(given).toMatch(new RegExp(`^mlflow-artifacts:/\\.model-versions/\\d+/${version}$`))
    const path = given.slice('mlflow-artifacts:/'.length)
    expect((await send('GET', `${second}${proxy}/${path}/MLmodel`)).body).toBe('content')
    expect(await json('GET', `${second}${proxy}?path=${path}`)).toEqual({
      files: [{ path: 'MLmodel', is_dir: false, file_size: 7 }],
    })
    expect((await send('GET', `${second}${proxy}/${path}/missing`)).statusCode).toBe(404)
    expect((await send('GET', `${second}${proxy}/${path}/../../../0/x`)).statusCode).toBeGreaterThanOrEqual(400)
    expect((await send('GET', `${second}${proxy}/${path.replace(/\d+$/, '9')}/MLmodel`)).statusCode).toBe(404)
    expect((await send('GET', `${other}${proxy}/${path}/MLmodel`)).statusCode).toBe(404)
  })

  test('files elsewhere are named as they are everywhere', async () => {
    expect(await uri(second, 3)).toBe('s3://bucket/model')
  })

  test('what is no number names no version', async () => {
    for (const path of [
      '.model-versions',
      '.model-versions/x/1',
      '.model-versions/1/x',
      '.model-versions/1/1/a',
      '.model-versions/9999999999999999999/1/a',
    ]) {
      expect((await send('GET', `${second}${proxy}/${path}`)).statusCode).toBe(404)
    }
  })
})
