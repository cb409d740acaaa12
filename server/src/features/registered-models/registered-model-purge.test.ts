import { describe, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { platformOf } from '../../lib/tenant.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/start-test-server.ts'
import { purgeDeletedModels } from './registered-model-purge.ts'

const path = '/2.0/mlflow/registered-models'
const platform = platformOf(1)

async function rowsLeft(db: Database): Promise<number[]> {
  const tables = [
    'model_versions',
    'model_version_tags',
    'model_aliases',
    'registered_model_tags',
    'registry_purges',
  ] as const
  const counts = tables.map((table) =>
    db.lookup
      .selectFrom(table)
      .select((expression) => expression.fn.countAll().as('count'))
      .where('tenant', '=', platform)
      .executeTakeFirstOrThrow(),
  )
  return (await Promise.all(counts)).map(({ count }) => Number(count))
}

describe.each(databases)('what deleted models leave behind, on %s', (engine) => {
  test('is out of sight at once and removed in steps, also after a stop in the middle', async () => {
    await using server = await startTestServer(engine)
    const { db } = server
    await server.mlflow.post(`${path}/create`, { name: 'big', tags: [{ key: 'k', value: 'v' }] })
    await server.mlflow.post(`${path}/create`, { name: 'kept', tags: [{ key: 'k', value: 'v' }] })
    const models = await db.lookup
      .selectFrom('registered_models')
      .select(['model', 'name'])
      .where('tenant', '=', 1)
      .execute()
    const model = models.find(({ name }) => name === 'big')!.model
    const version = {
      tenant: 1,
      model,
      created: 1,
      updated: 1,
      description: null,
      user_id: '',
      stage: 'None',
      source: 's3://b/m',
      source_key: 's3://b/m',
      storage_location: null,
      run_id: '',
      run_link: '',
      model_id: '',
      source_tenant: null,
      status: 3,
      status_message: '',
      revision: 1,
    }
    for (let from = 1; from <= 2_401; from += 400) {
      const numbers = Array.from({ length: 400 }, (_, index) => from + index)
      await db.write(platform, async (tx) => {
        await tx
          .insertInto('model_versions')
          .values(numbers.map((number) => ({ ...version, version: number })))
          .execute()
        await tx
          .insertInto('model_version_tags')
          .values(numbers.map((number) => ({ tenant: 1, model, version: number, key: 'k', value: '', value_key: '' })))
          .execute()
      })
    }
    await server.mlflow.post(`${path}/alias`, { name: 'big', alias: 'champion', version: '7' })

    const stopped = new AbortController()
    stopped.abort()
    expect((await server.mlflow.delete(`${path}/delete`, { name: 'big' })).status).toBe(200)
    expect((await server.mlflow.get('/2.0/mlflow/model-versions/search')).body).toEqual({})
    await purgeDeletedModels(db, platform, stopped.signal)
    expect((await rowsLeft(db)).at(-1)).toBe(1)
    await purgeDeletedModels(db, platform, new AbortController().signal)
    expect(await rowsLeft(db)).toEqual([0, 0, 0, 1, 0])
    expect((await server.mlflow.get(`${path}/search`)).body.registered_models).toHaveLength(1)
  })
})
