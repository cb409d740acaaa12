import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCaller } from '../../lib/caller.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { createPlatform } from '../platforms/platform-service.ts'

const api = '/api/2.0/mlflow'
const platform = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'
const other = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..other'
const [platformMount, workspaceMount] = [`${platform}/mlops`, `${platform}/workspaces/second/mlops`]

describe.each(databases)('model versions at the mounts of platforms on %s', (engine) => {
  let server: TestServer
  let runs: { readonly first: string; readonly second: string }
  beforeAll(async () => {
    server = await startTestServer(engine)
    await createTestWorkspace(server.db, 'second')
    await createPlatform(server.db, openCaller, { name: 'other', id: other.split('/').at(-1) }, Date.now())
    const second = await send(workspaceMount, 'POST', 'runs/create', { experiment_id: '0' })
    expect(second.statusCode, second.body).toBe(200)
    runs = { first: await server.given.run(), second: second.json().run.info.run_id }
    await send('', 'POST', 'registered-models/create', { name: 'c.s.m' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const send = (mount: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', place: string, body?: object) =>
    server.http.inject({
      method,
      url: `${mount}${api}/${place}`,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  const create = async (mount: string, fields: object = {}) =>
    send(mount, 'POST', 'model-versions/create', { name: 'c.s.m', source: 's3://b/x', ...fields })
  const get = (mount: string, version: string | number) =>
    send(mount, 'GET', `model-versions/get?name=c.s.m&version=${version}`)

  test('both workspaces and the platform see the same versions, another platform sees none', async () => {
    const answer = await create(platformMount, { tags: [{ key: 'k', value: 'v' }] })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.headers['etag']).toBe('"1"')
    const { model_version } = answer.json()
    expect(model_version).toMatchObject({ version: '1', user_id: 'anonymous', status: 'READY' })
    for (const mount of ['', `${platform}/workspaces/default/mlops`, workspaceMount, platformMount]) {
      expect((await get(mount, '1')).json().model_version.source).toBe('s3://b/x')
      const found = await send(mount, 'GET', "model-versions/search?filter=name%3D'c.s.m'")
      expect(found.json().model_versions).toHaveLength(1)
    }
    expect((await get('', '1')).json().model_version).not.toHaveProperty('user_id')
    expect((await get(`${other}/mlops`, '1')).statusCode).toBe(404)
    expect((await send(`${other}/mlops`, 'GET', 'model-versions/search')).json()).toEqual({ model_versions: [] })
    expect((await create(`${other}/mlops`)).json()).toMatchObject({ code: 'NotAuthorizedOrNotFound' })
    await send(`${other}/mlops`, 'POST', 'registered-models/create', { name: 'c.s.m' })
    expect((await create(`${other}/mlops`)).json().model_version.version).toBe('1')
    expect((await create(`${other}/mlops`, { source: `runs:/${runs.first}/m`, run_id: runs.first })).statusCode).toBe(
      400,
    )
  })

  test('the run is looked for in the workspace, and at the platform in all of them', async () => {
    const source = (run: string) => ({ source: `runs:/${run}/m`, run_id: run })
    for (const [mount, own, foreign] of [
      [`${platform}/workspaces/default/mlops`, runs.first, runs.second],
      [workspaceMount, runs.second, runs.first],
    ] as const) {
      expect((await create(mount, source(own))).statusCode).toBe(200)
      const refused = await create(mount, source(foreign))
      expect(refused.statusCode).toBe(400)
      expect(refused.json()).toMatchObject({
        code: 'RelatedResourceNotAuthorizedOrNotFound',
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Run with id=${foreign} not found`,
      })
      const elsewhere = await create(mount, { source: 's3://b/x', run_id: foreign })
      expect(elsewhere.json()).toMatchObject({ code: 'RelatedResourceNotAuthorizedOrNotFound' })
    }
    for (const run of Object.values(runs)) expect((await create(platformMount, source(run))).statusCode).toBe(200)
    expect((await create(platformMount, source('0'.repeat(32)))).statusCode).toBe(400)
  })

  test('files come from the workspace in which the model was logged', async () => {
    const model = await send(workspaceMount, 'POST', 'logged-models', { experiment_id: '0', name: 'lm' })
    const { model_id, artifact_uri } = model.json().model.info
    await server.http.inject({
      method: 'PUT',
      url: `${workspaceMount}/api/2.0/mlflow-artifacts/artifacts/${artifact_uri.replace('mlflow-artifacts:/', '')}/f`,
      payload: 'hello',
    })
    const { version } = (await create(platformMount, { source: `models:/${model_id}`, model_id })).json().model_version
    const read = await get(workspaceMount, version)
    expect(read.json().model_version).toMatchObject({ model_id })
    for (const mount of ['', workspaceMount, platformMount]) {
      const file = await server.http.inject({
        url: `${mount}/model-versions/get-artifact?name=c.s.m&version=${version}&path=f`,
      })
      expect(file, `${mount}: ${file.body}`).toMatchObject({ statusCode: 200, body: 'hello' })
    }
    const noted = await send(workspaceMount, 'GET', `logged-models/${model_id}`)
    expect(noted.json().model.info.tags).toEqual([
      { key: 'mlflow.modelVersions', value: `[{"name": "c.s.m", "version": ${version}}]` },
    ])
    expect((await create('', { source: `models:/${model_id}`, model_id })).statusCode).toBe(500)
  })

  test('AIDP takes numbers for versions, and asks for what its contract asks for', async () => {
    const { version } = (await create(platformMount)).json().model_version
    const number = Number(version)
    const post = (operation: string, body: object) =>
      send(platformMount, 'POST', `model-versions/${operation}`, { name: 'c.s.m', version: number, ...body })
    const updated = await post('update', { description: 'd' })
    expect(updated.json().model_version).toMatchObject({ version, description: 'd' })
    expect(updated.headers['etag']).toBe('"2"')
    const moved = await post('transition-stage', { stage: 'staging', archive_existing_versions: false })
    expect(moved.json().model_version.current_stage).toBe('Staging')
    expect((await post('transition-stage', { stage: 'Staging' })).json()).toMatchObject({
      code: 'MissingParameter',
      message: expect.stringContaining('archive_existing_versions'),
    })
    expect((await post('transition-stage', { stage: 'x', archive_existing_versions: true })).json()).toMatchObject({
      code: 'InvalidParameter',
    })
    expect((await post('transition-stage', { stage: 'None', archive_existing_versions: true })).json()).toMatchObject({
      code: 'InvalidParameter',
    })
    const tagged = await post('set-tag', { key: 'k', value: 'v' })
    expect(tagged.body).toBe('{}')
    expect(tagged.headers['etag']).toBe('"4"')
    expect((await post('set-tag', { key: 'k' })).json()).toMatchObject({ code: 'MissingParameter' })
    expect((await post('delete-tag', { key: 'none' })).statusCode).toBe(200)
    const bulk = { name: 'c.s.m', version: number, set_tags: [{ key: 'b', value: '1' }], delete_tags: [{ key: 'k' }] }
    expect((await send(platformMount, 'POST', 'internal/model-versions/update-tags', bulk)).statusCode).toBe(200)
    expect((await get(platformMount, number)).json().model_version.tags).toEqual([{ key: 'b', value: '1' }])
    expect((await post('delete', {})).body).toBe('{}')
    expect((await post('delete', {})).json()).toMatchObject({ code: 'NotAuthorizedOrNotFound' })
  })

  test.each([
    ['source', { source: `s3://b/${'x'.repeat(500)}` }],
    ['run_id', { run_id: 'x'.repeat(33) }],
    ['description', { description: 'x'.repeat(5001) }],
    ['model_id', { model_id: 'm'.repeat(37) }],
    ['run_link', { run_link: 'x'.repeat(501) }],
    ['name', { name: 'x'.repeat(256) }],
    ['tags', { tags: Array.from({ length: 21 }, (_, index) => ({ key: `k${index}`, value: '' })) }],
  ])('AIDP refuses a %s beyond its limit, MLflow does not', async (field, fields) => {
    const refused = await create(platformMount, fields)
    expect(refused.json()).toMatchObject({ code: 'InvalidParameter', message: expect.stringContaining(field) })
    if (!['name', 'model_id'].includes(field)) expect((await create('', fields)).statusCode).toBe(200)
  })
})
