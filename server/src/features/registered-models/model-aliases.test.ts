import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/registered-models'
const versions = '/2.0/mlflow/model-versions'

describe.each(databases)('aliases on %s', (engine) => {
  let server: TestServer
  const name = 'aliased'
  beforeAll(async () => {
    server = await startTestServer(engine)
    await server.mlflow.post(`${path}/create`, { name })
    await server.mlflow.post(`${path}/create`, { name: 'empty' })
    for (const source of ['s3://b/1', 's3://b/2', 's3://b/3']) {
      const created = await server.mlflow.post(`${versions}/create`, { name, source })
      expect(created.status, created.text).toBe(200)
    }
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const set = async (alias: string, version: unknown, model = name) => {
    const answer = await server.mlflow.post(`${path}/alias`, { name: model, alias, version })
    return [answer.status, answer.body.message ?? answer.body]
  }
  const get = async (alias: string, model = name) => {
    const answer = await server.mlflow.get(`${path}/alias`, { name: model, alias })
    return [answer.status, answer.body.message ?? answer.body.model_version]
  }

  test('an alias points to one version, and is shown with the model and the version', async () => {
    expect(await set('champion', '1')).toEqual([200, {}])
    await set('champion', '2')
    await set('a', '2')
    await set('Champion', ' 01 ')
    const { registered_model } = (await server.mlflow.get(`${path}/get`, { name })).body
    expect(registered_model.aliases).toEqual([
      { alias: 'Champion', version: '1' },
      { alias: 'a', version: '2' },
      { alias: 'champion', version: '2' },
    ])
    expect(await get('champion')).toMatchObject([200, { name, version: '2', aliases: ['a', 'champion'] }])
    expect((await server.platform.get(`${path}/alias`, { name, alias: 'champion' })).headers['etag']).toMatch(/^"\d+"$/)
  })

  test('latest is the version with the highest number', async () => {
    expect(await get('latest')).toMatchObject([200, { version: '3' }])
    expect(await get('LATEST')).toMatchObject([200, { version: '3' }])
    expect(await get('latest', 'empty')).toEqual([404, 'Latest version not found for model empty.'])
    expect(await get('latest', 'nobody')).toEqual([404, 'Registered Model with name=nobody not found'])
  })

  test.each(['é-_1', 'v1a', 'v', 'x'.repeat(255)])('takes the alias %j', async (alias) => {
    expect(await set(alias, '1')).toEqual([200, {}])
    expect(await get(alias)).toMatchObject([200, { version: '1' }])
  })

  const badName = (alias: string) =>
    `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`
  test.each([
    ['a b', '1', 400, badName('a b')],
    ['x'.repeat(256), '1', 400, "'Registered model alias name' exceeds the maximum length of 255 characters"],
    ['LaTest', '1', 400, "'latest' alias name (case insensitive) is reserved."],
    ['V12', '1', 400, "Version alias name 'V12' is reserved."],
    ['z', '99', 404, 'Model Version (name=aliased, version=99) not found'],
    ['z', '-1', 404, 'Model Version (name=aliased, version=-1) not found'],
    ['z', '99999999999999999999', 404, undefined],
    ['z', 'abc', 400, "Parameter 'version' must be an integer, got 'abc'."],
    ['a b', 'abc', 400, badName('a b')],
  ])('refuses alias %j for version %j', async (alias, version, status, text) => {
    const answer = await set(alias, version)
    expect(answer[0]).toBe(status)
    if (text !== undefined) expect(answer[1]).toBe(text)
  })

  test('unknown models and aliases', async () => {
    expect(await set('z', '1', 'nobody')).toEqual([404, 'Model Version (name=nobody, version=1) not found'])
    expect(await get('nothing')).toEqual([400, 'Registered model alias nothing not found.'])
    expect(await get('v2')).toEqual([400, 'Registered model alias v2 not found.'])
    expect(await get('a b')).toEqual([400, badName('a b')])
    expect(await get('nothing', 'nobody')).toEqual([404, 'Registered Model with name=nobody not found'])
  })

  test('delete takes an alias away, and an unknown one is fine', async () => {
    await set('gone', '1')
    const remove = async (alias: string, model = name) =>
      (await server.mlflow.delete(`${path}/alias`, { name: model, alias })).status
    expect([await remove('gone'), await remove('gone'), await remove('latest'), await remove('v1')]).toEqual([
      200, 200, 200, 200,
    ])
    expect((await get('gone'))[0]).toBe(400)
    expect(await remove('x', 'nobody')).toBe(404)
    expect(await remove('a b')).toBe(400)
  })
})
