import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RecordedStatement } from '../db/database-options.ts'
import { databases } from './databases.ts'
import { readableStatements } from './readable-statements.ts'
import { startTestServer, type TestAnswer, type TestServer } from './start-test-server.ts'

interface Search {
  readonly title: string
  readonly path: string
  /** A search by GET has its fields in the query. */
  readonly method: 'get' | 'post'
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** Whether the second page is asked for as well, whose statement goes on behind the last row of the first. */
  readonly pages?: 2
}

const experiments = { path: '/api/2.0/mlflow/experiments/search', method: 'post' } as const
const runs = { path: '/api/2.0/mlflow/runs/search', method: 'post' } as const
const loggedModels = { path: '/api/2.0/mlflow/logged-models/search', method: 'post' } as const
const datasets = { path: '/ajax-api/2.0/mlflow/experiments/search-datasets', method: 'post' } as const
const registeredModels = { path: '/api/2.0/mlflow/registered-models/search', method: 'get' } as const
const modelVersions = { path: '/api/2.0/mlflow/model-versions/search', method: 'get' } as const

const inZero = { experiment_ids: ['0'] }

const searches: Readonly<Record<string, readonly Search[]>> = {
  experiments: [
    { ...experiments, title: 'all, two pages', fields: { max_results: 1 }, pages: 2 },
    {
      ...experiments,
      title: 'attributes and tags, by name',
      fields: {
        filter: "name ILIKE '%a%' AND creation_time >= 5 AND tags.team = 'vision' AND tags.`old` IS NULL",
        order_by: ['name DESC', 'last_update_time'],
        view_type: 'ALL',
        max_results: 10,
      },
    },
  ],
  runs: [
    { ...runs, title: 'all, two pages', fields: { ...inZero, max_results: 1 }, pages: 2 },
    {
      ...runs,
      title: 'metric, param and tag, by metric',
      fields: {
        ...inZero,
        filter:
          "metrics.loss < 0.5 AND params.depth = '3' AND tags.team LIKE 'vis%' AND attributes.status = 'FINISHED'",
        order_by: ['metrics.loss ASC', 'params.depth DESC'],
        max_results: 10,
      },
    },
    {
      ...runs,
      title: 'metric by itself, two pages',
      fields: { ...inZero, filter: 'metrics.loss > 0.1', order_by: ['metrics.loss DESC'], max_results: 1 },
      pages: 2,
    },
    {
      ...runs,
      title: 'data set, name and times',
      fields: {
        ...inZero,
        filter: "dataset.name = 'train' AND attributes.run_name != 'x' AND attributes.start_time > 5",
        order_by: ['attributes.end_time DESC'],
        run_view_type: 'ALL',
        max_results: 10,
      },
    },
  ],
  'logged-models': [
    { ...loggedModels, title: 'all, two pages', fields: { ...inZero, max_results: 1 }, pages: 2 },
    {
      ...loggedModels,
      title: 'metric, param, tag and attributes',
      fields: {
        ...inZero,
        filter: "metrics.acc > 0.9 AND params.depth = '3' AND tags.team = 'vision' AND name LIKE 'net%'",
        max_results: 10,
      },
    },
  ],
  datasets: [{ ...datasets, title: 'of two experiments', fields: { experiment_ids: ['0', '5'] } }],
  'registered-models': [
    { ...registeredModels, title: 'all, two pages', fields: { max_results: 1 }, pages: 2 },
    {
      ...registeredModels,
      title: 'name and tags, by time',
      fields: {
        filter: "name LIKE 'net%' AND tags.team = 'vision' AND tags.kind != 'old'",
        order_by: ['last_updated_timestamp DESC'],
        max_results: 10,
      },
    },
  ],
  'model-versions': [
    { ...modelVersions, title: 'all, two pages', fields: { max_results: 1 }, pages: 2 },
    {
      ...modelVersions,
      title: 'of one model, by number, two pages',
      fields: { filter: "name = 'model a'", order_by: ['version_number ASC'], max_results: 1 },
      pages: 2,
    },
    {
      ...modelVersions,
      title: 'run, source and tag',
      fields: {
        filter: "run_id = 'r1' AND source_path LIKE 's3://%' AND tags.team = 'vision'",
        order_by: ['creation_timestamp DESC'],
        max_results: 10,
      },
    },
  ],
}

/**
 * A changed statement has to be looked at, so it changes a file: `npx vitest run server/src/testing/search-statements.test.ts -u`
 * writes them anew; `npm test` never does.
 */
describe.each(databases)('statements of searches on %s', (engine) => {
  /** What requests of this test ask for goes here; the jobs of the server have none. */
  const recording = new AsyncLocalStorage<RecordedStatement[]>()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(engine, [], { onStatement: (statement) => recording.getStore()?.push(statement) })
    await fill(server)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const pageOf = async ({ path, method, fields }: Search, token?: string): Promise<TestAnswer['body']> => {
    const asked = token === undefined ? fields : { ...fields, page_token: token }
    const answer = await server.http.inject(
      method === 'get' ? { url: path, query: texts(asked) } : { method: 'POST', url: path, payload: asked },
    )
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }
  /** Says what a search asks the database, but for what the server remembers of callers and places for a while. */
  const record = async (title: string, search: () => Promise<TestAnswer['body']>, parts: string[]) => {
    const statements: RecordedStatement[] = []
    const answer = await recording.run(statements, search)
    const own = statements.filter(({ handle, sql }) => handle === 'read' || sql.includes('registered_models'))
    expect(own, title).not.toEqual([])
    parts.push(`-- # ${title}`, readableStatements(own))
    return answer
  }

  test.each(Object.entries(searches))('of %s are as reviewed', async (entity, cases) => {
    const parts: string[] = []
    for (const search of cases) {
      const first = await record(search.title, () => pageOf(search), parts)
      if (search.pages === undefined) continue
      const token = String(first.next_page_token)
      await record(`${search.title}: the second`, () => pageOf(search, token), parts)
    }
    const file = join(import.meta.dirname, 'search-statements', `${entity}.${engine}.sql`)
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(file)
  })
})

function texts(fields: Search['fields']): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
}

/** Two of everything, so that there are second pages, each at a time of its own, so that these are always the same. */
async function fill({ mlflow, given }: TestServer): Promise<void> {
  for (const name of ['model a', 'model b']) {
    await sleep(5)
    await given.experiment()
    const runId = await given.run()
    const timestamp = 1_700_000_000_000
    await mlflow.post('/2.0/mlflow/runs/log-metric', { run_id: runId, key: 'loss', value: 0.25, timestamp })
    await mlflow.post('/2.0/mlflow/logged-models', { experiment_id: '0', name: 'net' })
    await mlflow.post('/2.0/mlflow/registered-models/create', { name })
    for (const source of ['s3://bucket/1', 's3://bucket/2'])
      await mlflow.post('/2.0/mlflow/model-versions/create', { name, source })
  }
}
