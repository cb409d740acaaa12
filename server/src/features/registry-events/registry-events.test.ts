import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const models = '/2.0/mlflow/registered-models'
const path = '/2.0/runstead/registry-events/search'

describe.each(databases)("the registry's log on %s", (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
    const { mlflow } = server
    await mlflow.post(`${models}/create`, { name: 'first', description: 'one' })
    await mlflow.patch(`${models}/update`, { name: 'first', description: 'two' })
    await mlflow.post(`${models}/set-tag`, { name: 'first', key: 'k', value: 'v' })
    await mlflow.post(`${models}/set-tag`, { name: 'first', key: 'k', value: 'w' })
    await mlflow.delete(`${models}/delete-tag`, { name: 'first', key: 'k' })
    await mlflow.delete(`${models}/delete-tag`, { name: 'first', key: 'k' })
    await mlflow.post('/2.0/mlflow/model-versions/create', { name: 'first', source: 's3://b/m' })
    await mlflow.post(`${models}/alias`, { name: 'first', alias: 'a', version: '1' })
    await mlflow.delete(`${models}/alias`, { name: 'first', alias: 'a' })
    await mlflow.post(`${models}/rename`, { name: 'first', new_name: 'renamed' })
    await mlflow.post(`${models}/create`, { name: 'second' })
    await mlflow.delete(`${models}/delete`, { name: 'second' })
    await mlflow.post(`${models}/set-tag`, { name: 'nobody', key: 'k', value: 'v' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const kinds = (events: readonly { event_type: string }[]) => events.map((event) => event.event_type)

  test('tells every change of a model, also under its earlier name, newest first', async () => {
    const { body } = await server.mlflow.get(path, { name: 'renamed' })
    expect(kinds(body.events)).toEqual([
      'registered_model.renamed',
      'model_alias.deleted',
      'model_alias.set',
      'model_version.created',
      'registered_model_tag.deleted',
      'registered_model_tag.set',
      'registered_model_tag.set',
      'registered_model.updated',
      'registered_model.created',
    ])
    expect(body.events[0]).toMatchObject({ name: 'renamed', old_value: 'first', new_value: 'renamed' })
    expect(body.events[1]).toMatchObject({ name: 'first', version: '1', key: 'a', old_value: '1' })
    expect(body.events[4]).toMatchObject({ key: 'k', old_value: 'w' })
    expect(body.events[5]).toMatchObject({ key: 'k', old_value: 'v', new_value: 'w' })
    expect(body.events[7]).toMatchObject({ old_value: 'one', new_value: 'two', user_id: 'anonymous' })
    expect(Math.abs(body.events[0].timestamp - Date.now())).toBeLessThan(60_000)
  })

  test('has the events of deleted models by their last name, and all without a name, in pages', async () => {
    const deleted = await server.platform.get(path, { name: 'second' })
    expect(kinds(deleted.body.events)).toEqual(['registered_model.deleted', 'registered_model.created'])
    const all: { event_id: string }[] = []
    for (let page_token = '', count = 0; count < 10; count++) {
      const { body } = await server.mlflow.get(path, { max_results: 4, page_token })
      all.push(...body.events)
      page_token = body.next_page_token
      if (page_token === undefined) break
    }
    expect(all).toHaveLength(11)
    expect(new Set(all.map(({ event_id }) => event_id)).size).toBe(11)
  })

  test('refuses sizes and tokens that are none', async () => {
    for (const query of [{ max_results: 0 }, { max_results: 1001 }, { page_token: '!' }, { page_token: 'abcd' }]) {
      expect((await server.mlflow.get(path, query)).status).toBe(400)
    }
    expect((await server.mlflow.get(path, { name: 'nobody' })).body).toEqual({})
  })
})
