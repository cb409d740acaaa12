import { CompiledQuery } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RecordedStatement } from '../../db/database-options.ts'
import { keyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { runNumber } from '../../lib/run-number.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { databases, openTestDatabase } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/start-test-server.ts'
import { keyNames } from './key-names.ts'
import { linksOfRuns } from './run-links-store.ts'
import { readRuns } from './run-page-store.ts'

const tenant = tenantOf(1)
const numbers = (ids: readonly string[]): Int64[] => ids.map((id) => runNumber(id)!)

describe.each(databases)('a page of runs on %s', (engine) => {
  test('holds what was logged to each run, in the order asked for', async () => {
    await using server = await startTestServer(engine)
    const [one, other] = [await server.given.experiment(), await server.given.experiment()]
    const ids: string[] = []
    for (const [index, experiment_id] of [one, other, one, other].entries()) {
      const id = await server.given.run({ experiment_id, run_name: `run ${index}` })
      ids.push(id)
      if (index === 3) continue
      const metrics = ['b', 'a', 'c']
        .slice(index)
        .map((key) => ({ key, value: index === 1 ? 'NaN' : index, timestamp: 1 }))
      const params = [{ key: `p${index}`, value: 'ü' }]
      await server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id: id, metrics, params })
    }
    await server.mlflow.post('/2.0/mlflow/runs/log-inputs', {
      run_id: ids[1],
      datasets: [
        { dataset: { name: 'z', digest: '1', source: 's' }, tags: [{ key: 't', value: 'v' }] },
        { dataset: { name: 'a', digest: '1', schema: 'x' } },
      ],
      models: [{ model_id: 'm-1' }],
    })
    await server.mlflow.post('/2.0/mlflow/runs/outputs', { run_id: ids[2], models: [{ model_id: 'm-2', step: 3 }] })

    const asked = [ids[2]!, ids[0]!, ids[3]!, ids[1]!]
    const page = await readRuns(server.db, tenant, numbers(asked))
    expect(page.map(({ row }) => row.run_id)).toEqual(asked)
    for (const { row, data } of page) {
      const { run } = (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id: row.run_id })).body
      const metrics = data.metrics.map((metric) => ({
        ...metric,
        value: Number.isNaN(metric.value) ? 'NaN' : metric.value,
      }))
      const lists = Object.entries({ ...data, metrics }).filter(([, list]) => list.length > 0)
      expect(Object.fromEntries(lists)).toEqual(run.data)
      expect(run.info).toMatchObject({ run_name: row.name, experiment_id: String(row.experiment) })
    }
    expect(page[0]?.links).toEqual({ datasets: [], modelInputs: [], modelOutputs: [{ model_id: 'm-2', step: 3 }] })
    expect(page[1]?.links).toEqual({ datasets: [], modelInputs: [], modelOutputs: [] })
    expect(page[3]?.links.modelInputs).toEqual([])
    expect(page[3]?.links.datasets).toEqual([
      {
        dataset: { name: 'z', digest: '1', source_type: '', source: 's', schema: null, profile: null },
        tags: [{ key: 't', value: 'v' }],
      },
      { dataset: { name: 'a', digest: '1', source_type: '', source: '', schema: 'x', profile: null }, tags: [] },
    ])
  })

  test('keeps to its tenant, and leaves out runs that are not there', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.run()
    const [number] = numbers([id])
    const page = await readRuns(server.db, tenant, [5, number!, 2n ** 63n - 1n])
    expect(page.map(({ row }) => row.run_id)).toEqual([id])
    expect(await readRuns(server.db, tenantOf(2), [number!])).toEqual([])
    expect(await readRuns(server.db, tenant, [])).toEqual([])
  })

  test('may be thousands long', async () => {
    await using server = await startTestServer(engine)
    const ids: string[] = []
    for (let first = 0; first < 2300; first += 100) {
      const some = Array.from({ length: 100 }, (_, index) => {
        const number = `${first + index}`
        return server.given.run({ tags: [{ key: `k${number}`, value: number }] })
      })
      ids.push(...(await Promise.all(some)))
    }
    const page = await readRuns(server.db, tenant, numbers(ids))
    expect(page.map(({ row }) => row.run_id)).toEqual(ids)
    for (const [index, { data }] of page.entries())
      expect(data.tags).toContainEqual({ key: `k${index}`, value: `${index}` })
  })
})

test('SQLite goes through a list once, and searches every table by its whole key', async () => {
  const statements: RecordedStatement[] = []
  await using db = await openTestDatabase('sqlite', { onStatement: (statement) => statements.push(statement) })
  await readRuns(db, tenant, [1, 2])
  await linksOfRuns(db.read, tenant, [1, 2], 'with model inputs')
  await keyNames(db, tenant, 0, keyKind.tag, [1, 2])
  const queries = statements.filter(({ sql }) => sql.includes('json_each'))
  expect(queries.length).toBeGreaterThanOrEqual(9)
  for (const { sql, parameters } of queries) {
    const { rows } = await db.read.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    const [first, ...others] = rows.map(({ detail }) => detail).filter((detail) => !detail.includes('TEMP B-TREE'))
    expect(first).toMatch(/^SCAN json_each/)
    expect(others.length).toBeGreaterThan(0)
    for (const detail of others) expect(detail).toMatch(/^SEARCH \w+ USING PRIMARY KEY \(tenant=\? AND \w+=\?/)
  }
})
