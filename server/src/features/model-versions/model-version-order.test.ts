import { CompiledQuery } from 'kysely'
import { expect, test } from 'vitest'
import type { RecordedStatement } from '../../db/database-options.ts'
import { platformOf } from '../../lib/tenant.ts'
import { always } from '../../search/text-condition.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { findModelVersions } from './model-version-search.ts'

const platform = platformOf(1)
const number = (descending: boolean) => ({ side: { entity: 'attribute', key: 'version_number' }, descending }) as const
const name = { side: { entity: 'attribute', key: 'name' }, descending: false } as const
const search = { platform, tree: null, visible: always, withoutPrompts: true, after: undefined, limit: 3 }

test.each(databases)('an order by number is read from an index, not sorted as a whole, on %s', async (engine) => {
  const statements: RecordedStatement[] = []
  await using database = await openTestDatabase(engine, { onStatement: (statement) => statements.push(statement) })
  await database.write(platform, async (tx) => {
    await tx.insertInto('registered_models').values([1, 2, 3].map(modelRow)).execute()
    const versions = [1, 2, 3].flatMap((model) => [1, 2, 3, 4].map((version) => versionRow(model, version)))
    await tx.insertInto('model_versions').values(versions).execute()
  })
  for (const descending of [false, true]) {
    statements.length = 0
    const found = await findModelVersions(database, { ...search, order: [number(descending), name] })
    const version = descending ? 4 : 1
    expect(found.map(({ row }) => [row.name, row.version])).toEqual(['m1', 'm2', 'm3'].map((each) => [each, version]))
    if (engine !== 'sqlite') continue
    const page = statements.find((statement) => statement.sql.includes('order by'))
    const { rows } = await database.lookup.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${page?.sql}`, [...(page?.parameters ?? [])]),
    )
    const plan = rows.map(({ detail }) => detail).join('; ')
    expect(plan).toContain('INDEX model_versions_number')
    expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY')
  }
})

function modelRow(model: number) {
  const texts = { name: `m${model}`, description: null, deployment_job_id: null }
  return { tenant: 1, model, is_prompt: 0 as const, created: 1, updated: 1, next_version: 5, revision: 1, ...texts }
}

function versionRow(model: number, version: number) {
  const texts = { description: null, user_id: '', run_link: '', model_id: '', status_message: '', run_id: '' }
  const source = { source: 's3://b', source_key: 's3://b', storage_location: null, source_tenant: null }
  return {
    tenant: 1,
    model,
    version,
    created: 1,
    updated: 1,
    stage: 'None',
    status: 3,
    revision: 1,
    ...texts,
    ...source,
  }
}
