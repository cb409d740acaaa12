import { expect, test } from 'vitest'
import { platformOf } from '../../lib/tenant.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow'
const count = 2_400

// More than are sorted after they were looked up one by one: the index of the order is walked instead.
test.each(databases)('a filter that very many versions meet is answered page by page on %s', async (engine) => {
  await using server = await startTestServer(engine)
  await server.mlflow.post(`${path}/registered-models/create`, { name: 'm' })
  const { model } = await server.db.lookup
    .selectFrom('registered_models')
    .select('model')
    .where('tenant', '=', 1)
    .where('name', '=', 'm')
    .executeTakeFirstOrThrow()
  const platform = platformOf(1)
  for (let first = 1; first <= count; first += 800) {
    const versions = Array.from({ length: 800 }, (_, index) => first + index)
    await server.db.write(platform, async (tx) => {
      const tag = { key: 'team', value: 'risk', value_key: 'risk' }
      await tx
        .insertInto('model_versions')
        .values(versions.map((version) => row(model, version)))
        .execute()
      await tx
        .insertInto('model_version_tags')
        .values(versions.map((version) => ({ tenant: 1, model, version, ...tag })))
        .execute()
    })
  }
  const ascending = Array.from({ length: count }, (_, index) => index + 1)
  // Versions of one time are in the order of their numbers, the highest first.
  const newest = [...ascending].sort((a, b) => updatedOf(b) - updatedOf(a) || b - a)
  for (const [filter, order_by, expected] of [
    ["tags.team = 'risk'", [], newest],
    ["name LIKE 'm%' AND run_id = 'r'", [], newest],
    ["name = 'm' AND tags.team LIKE 'r%'", [], newest],
    ["source_path LIKE 's3://%'", ['version_number ASC'], ascending],
    ["tags.team != 'x'", ['name', 'version_number'], ascending],
    ["tags.team = 'risk'", ['creation_timestamp'], ascending],
  ] as const) {
    const found: number[] = []
    for (let page_token: string | undefined = ''; page_token !== undefined; ) {
      const query = { filter, order_by, max_results: 700, page_token }
      const { status, body, text } = await server.mlflow.get(`${path}/model-versions/search`, query)
      expect(status, text).toBe(200)
      found.push(...body.model_versions.map(({ version }: { version: string }) => Number(version)))
      page_token = body.next_page_token
    }
    expect(found, filter).toEqual(expected)
  }
})

function updatedOf(version: number): number {
  return 1_000 + (version % 100)
}

function row(model: number | bigint, version: number) {
  const texts = { description: null, user_id: '', run_link: '', model_id: '', status_message: '', run_id: 'r' }
  const source = { source: `s3://b/${version}`, source_key: `s3://b/${version}`, storage_location: null }
  const times = { created: version, updated: updatedOf(version) }
  return {
    tenant: 1,
    model,
    version,
    stage: 'None',
    source_tenant: null,
    status: 3,
    revision: 1,
    ...times,
    ...texts,
    ...source,
  }
}
