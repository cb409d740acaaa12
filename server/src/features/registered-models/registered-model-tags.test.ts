import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/registered-models'
const bulk = '/2.0/mlflow/internal/registered-models/update-tags'

describe.each(databases)('tags of registered models on %s', (engine) => {
  let server: TestServer
  let name: string
  beforeAll(async () => {
    server = await startTestServer(engine)
    name = (await server.mlflow.post(`${path}/create`, { name: 'tagged' })).body.registered_model.name
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const read = async () => (await server.mlflow.get(`${path}/get`, { name })).body.registered_model
  const tags = async () =>
    Object.fromEntries(((await read()).tags ?? []).map((tag: { key: string; value: string }) => [tag.key, tag.value]))

  test('set and delete change the tags but not the last update', async () => {
    const before = await read()
    const set = (body: object) => server.mlflow.post(`${path}/set-tag`, { name, ...body })
    expect((await set({ key: 'k', value: 'v' })).body).toEqual({})
    await set({ key: 'k', value: 'w' })
    await set({ key: 'absent' })
    await set({ key: 'empty', value: '' })
    expect(await tags()).toEqual({ k: 'w', absent: '', empty: '' })
    for (const body of [{ key: 'k' }, { key: 'k' }, { key: 'x'.repeat(300) }]) {
      expect((await server.mlflow.delete(`${path}/delete-tag`, { name, ...body })).status).toBe(200)
    }
    expect((await server.platform.post(`${path}/delete-tag`, { name, key: 'absent' })).status).toBe(200)
    expect(await tags()).toEqual({ empty: '' })
    expect((await read()).last_updated_timestamp).toBe(before.last_updated_timestamp)
  })

  test('bad keys, long values and unknown models are refused', async () => {
    const set = async (body: object) => {
      const answer = await server.mlflow.post(`${path}/set-tag`, body)
      return [answer.status, answer.body.message]
    }
    expect((await set({ name, key: '$' }))[0]).toBe(400)
    expect((await set({ name, key: '../k' }))[0]).toBe(400)
    expect(await set({ name, key: 'k'.repeat(251) })).toEqual([
      400,
      "'key' exceeds the maximum length of 250 characters",
    ])
    expect((await set({ name, key: 'k', value: 'v'.repeat(100_001) }))[0]).toBe(400)
    expect((await set({ name, key: 'k', value: 5 }))[0]).toBe(400)
    expect(await set({ name: 'nobody', key: 'k' })).toEqual([404, 'Registered Model with name=nobody not found'])
    expect((await set({ name: 'a/b', key: 'k' }))[0]).toBe(400)
    expect((await server.mlflow.delete(`${path}/delete-tag`, { name: 'nobody', key: 'k' })).status).toBe(404)
    expect((await server.mlflow.delete(`${path}/delete-tag`, { name, key: '$' })).status).toBe(400)
    const aidp = await server.platform.post(`${path}/set-tag`, { name, key: 'k' })
    expect([aidp.status, aidp.body.code]).toEqual([400, 'MissingParameter'])
  })

  test('many tags at once, all or none', async () => {
    await server.mlflow.post(`${path}/set-tag`, { name, key: 'old', value: '1' })
    const before = (await server.platform.get(`${path}/get`, { name })).headers['etag']
    const set_tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]
    const answer = await server.platform.post(bulk, { name, set_tags, delete_tags: [{ key: 'old' }, { key: 'never' }] })
    expect([answer.status, answer.body]).toEqual([200, {}])
    expect(answer.headers['etag']).not.toBe(before)
    expect(await tags()).toMatchObject({ a: '1', b: '2' })
    expect(await tags()).not.toHaveProperty('old')
    for (const body of [
      { set_tags: [{ key: 'c', value: '1' }], delete_tags: [{ key: 'c' }] },
      {
        set_tags: [
          { key: 'c', value: '1' },
          { key: 'c', value: '2' },
        ],
      },
      {
        set_tags: [
          { key: 'c', value: '1' },
          { key: '$', value: '2' },
        ],
      },
      { set_tags: [{ key: 'c', value: '1' }, { value: '2' }] },
      { delete_tags: [{ key: 'a' }, {}] },
      { set_tags: Array.from({ length: 101 }, (_, index) => ({ key: `k${index}`, value: '' })) },
    ]) {
      const refused = await server.platform.post(bulk, { name, ...body })
      expect(refused.status, JSON.stringify(body).slice(0, 100)).toBe(400)
    }
    expect(await tags()).not.toHaveProperty('c')
    expect(await tags()).toHaveProperty('a')
    expect((await server.platform.post(bulk, { name: 'nobody', set_tags })).body.code).toBe('NotAuthorizedOrNotFound')
  })

  test('the tag of prompts hides a model from searches, and shows it again', async () => {
    const found = async () => (await server.mlflow.get(`${path}/search`, { filter: `name = '${name}'` })).body
    await server.mlflow.post(`${path}/set-tag`, { name, key: 'mlflow.prompt.is_prompt', value: 'true' })
    expect(await found()).toEqual({})
    await server.mlflow.post(`${path}/set-tag`, { name, key: 'mlflow.prompt.is_prompt', value: 'TRUE' })
    expect((await found()).registered_models).toHaveLength(1)
    await server.mlflow.post(`${path}/set-tag`, { name, key: 'mlflow.prompt.is_prompt', value: 'true' })
    await server.mlflow.delete(`${path}/delete-tag`, { name, key: 'mlflow.prompt.is_prompt' })
    expect((await found()).registered_models).toHaveLength(1)
  })
})
