import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { platformOf } from '../../lib/tenant.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/registered-models'
const platforms = '/20260430/aiDataPlatforms'
const mountOf = (platform: string, workspace: string) => `${platforms}/${platform}/workspaces/${workspace}/mlops`

describe.each(databases)('whose registry it is, on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
    await createTestWorkspace(server.db, 'second')
    const other = platformOf(2)
    await server.db.write(other, async (tx) => {
      await tx.insertInto('platforms').values({ platform: other, id: 'other', name: 'other', created: 0 }).execute()
    })
    await createTestWorkspace(server.db, 'default', other)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('two workspaces of a platform see one registry, another platform sees none of it', async () => {
    const second = server.at(mountOf('ocid1.aidataplatform.local..default', 'second'))
    const other = server.at(mountOf('other', 'default'))
    await server.mlflow.post(`${path}/create`, { name: 'shared' })
    await second.post(`${path}/set-tag`, { name: 'shared', key: 'by', value: 'second' })
    const seen = (await server.mlflow.get(`${path}/get`, { name: 'shared' })).body
    expect(seen.registered_model.tags).toEqual([{ key: 'by', value: 'second' }])
    expect((await second.get(`${path}/get`, { name: 'shared' })).body).toEqual(seen)
    expect((await server.platform.get(`${path}/search`)).body.registered_models).toHaveLength(1)

    expect((await other.get(`${path}/get`, { name: 'shared' })).status).toBe(404)
    expect((await other.get(`${path}/search`)).body).toEqual({})
    expect((await other.delete(`${path}/delete`, { name: 'shared' })).status).toBe(404)
    expect((await other.post(`${path}/create`, { name: 'shared' })).status).toBe(200)
    expect((await server.at(`${platforms}/other/mlops`).get(`${path}/search`)).body.registered_models).toHaveLength(1)
    expect((await server.mlflow.get(`${path}/get`, { name: 'shared' })).body).toEqual(seen)

    const events = '/2.0/runstead/registry-events/search'
    expect((await other.get(events)).body.events).toHaveLength(1)
    expect((await second.get(events)).body.events).toHaveLength(2)
  })
})
