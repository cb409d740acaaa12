import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/model-versions'

interface Shown {
  readonly name: string
  readonly version: string
}

describe.each(databases)('model-versions/search on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
    const model = (name: string) => server.mlflow.post('/2.0/mlflow/registered-models/create', { name })
    const version = async (name: string, fields: object = {}) => {
      // Versions of one millisecond would be ordered by name alone.
      await new Promise((resolve) => setTimeout(resolve, 3))
      const answer = await server.mlflow.post(`${path}/create`, { name, source: `s3://b/${name}`, ...fields })
      expect(answer.status, answer.text).toBe(200)
    }
    const prompt = { source: 'prompt-template', tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] }
    for (const name of ['a', 'B', 'p', 'mixed']) await model(name)
    await version('a', { run_id: 'r1', tags: [{ key: 'team', value: 'risk' }] })
    await version('a', {
      run_id: 'r2',
      tags: [
        { key: 'team', value: 'Fraud' },
        { key: 'x y', value: '1' },
      ],
    })
    await version('B', { run_id: 'r1', source: 's3://b/long/path%' })
    await version('a', { tags: [{ key: 'team', value: 'risk' }] })
    await version('p', prompt)
    await version('p', prompt)
    await version('mixed')
    await version('mixed', prompt)
    await version('B')
    await server.mlflow.post('/2.0/mlflow/registered-models/alias', { name: 'a', alias: 'al', version: '3' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const search = (query: Record<string, string | number | readonly string[]>) =>
    server.mlflow.get(`${path}/search`, Object.keys(query).length === 0 ? { filter: '' } : query)
  const found = async (query: Record<string, string | number | readonly string[]>) => {
    const answer = await search(query)
    expect(answer.status, answer.text).toBe(200)
    return (answer.body.model_versions ?? []).map(({ name, version }: Shown) => name + version).join(' ')
  }

  // As the real server finds them.
  test.each([
    ['', 'B2 a3 B1 a2 a1'],
    ["name = 'a'", 'a3 a2 a1'],
    ["name='a' AND", 'a3 a2 a1'],
    ["name = 'none'", ''],
    ["name = 'a' AND name = 'B'", ''],
    ["name != 'a'", 'B2 B1'],
    ["name LIKE 'b%'", ''],
    ["name ILIKE 'b%'", 'B2 B1'],
    ["name LIKE '%'", 'B2 a3 B1 a2 a1'],
    ["name IN ('a', 'none')", 'a3 a2 a1'],
    ["name NOT IN ('a')", 'B2 B1'],
    ["run_id = 'r1'", 'B1 a1'],
    ["run_id != 'r1'", 'B2 a3 a2'],
    ["run_id IN ('r1', 'r2')", 'B1 a2 a1'],
    ["run_id LIKE 'r%'", 'B1 a2 a1'],
    ["name = 'a' AND run_id = 'r1'", 'a1'],
    ["source_path = 's3://b/a'", 'a3 a2 a1'],
    ["source_path LIKE 's3://b/long%'", 'B1'],
    ["source_path ILIKE 'S3://B/LONG%'", 'B1'],
    ["source_path != 's3://b/a'", 'B2 B1'],
    ['version_number = 1', 'B1 a1'],
    ["version_number = '1'", 'B1 a1'],
    ['version_number >= 2', 'B2 a3 a2'],
    ['version_number != 1', 'B2 a3 a2'],
    ['version_number < 99999999999999999999', 'B2 a3 B1 a2 a1'],
    ["name = 'a' AND version_number > 1", 'a3 a2'],
    ["tags.team = 'risk'", 'a3 a1'],
    ["tag.team != 'risk'", 'a2'],
    ["tags.team LIKE '%r%'", 'a3 a2 a1'],
    ["tags.team LIKE 'r%'", 'a3 a1'],
    ["tags.team ILIKE 'fraud'", 'a2'],
    ["tags.`x y` = '1'", 'a2'],
    ["tags.team = 'risk' AND name = 'a' AND run_id = 'r1'", 'a1'],
    ["tags.none = 'x'", ''],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", 'mixed2 p2 p1'],
    ["tags.`mlflow.prompt.is_prompt` != 'false'", 'mixed2 p2 p1'],
    ["tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'p'", 'p2 p1'],
    ["tags.`mlflow.prompt.is_prompt` = 'false'", 'B2 a3 B1 a2 a1'],
    ["tags.`mlflow.prompt.is_prompt` != 'true'", 'B2 a3 B1 a2 a1'],
    ["name = 'p'", ''],
    ["name = 'mixed'", ''],
    // Beyond MLflow.
    ["run_id = 'r1' OR tags.team = 'risk'", 'a3 B1 a1'],
    ["NOT (name = 'a')", 'B2 B1'],
    ['tags.team IS NULL', 'B2 B1'],
  ])('filter %j', async (filter, expected) => {
    expect(await found({ filter })).toBe(expected)
  })

  test.each([
    [['name'], 'B2 B1 a3 a2 a1'],
    [['name DESC'], 'a3 a2 a1 B2 B1'],
    [['name ASC', 'version_number ASC'], 'B1 B2 a1 a2 a3'],
    [['version_number'], 'B1 a1 B2 a2 a3'],
    [['version_number DESC', 'name DESC'], 'a3 a2 B2 a1 B1'],
    [['creation_timestamp'], 'a1 a2 B1 a3 B2'],
    [['last_updated_timestamp ASC'], 'a1 a2 B1 a3 B2'],
  ])('order %j, also page by page', async (order_by, expected) => {
    expect(await found({ order_by })).toBe(expected)
    for (const filter of ['', "name = 'a'", "tags.team LIKE '%'"]) {
      const whole = await found({ order_by, filter })
      for (const max_results of [1, 2, 3]) expect(await paged({ order_by, filter, max_results })).toBe(whole)
    }
  })

  const paged = async (query: Record<string, string | number | readonly string[]>) => {
    const parts: string[] = []
    for (let token: string | undefined = ''; token !== undefined; ) {
      const { body } = await search({ ...query, page_token: token })
      parts.push(...(body.model_versions ?? []).map(({ name, version }: Shown) => name + version))
      token = body.next_page_token
    }
    return parts.join(' ')
  }

  test('a change moves a version to the front; aliases are not shown', async () => {
    await server.mlflow.patch(`${path}/update`, { name: 'a', version: '1', description: 'x' })
    expect(await found({ max_results: 1 })).toBe('a1')
    const { body } = await search({ filter: "name = 'a' AND version_number = 3" })
    expect(body.model_versions[0]).not.toHaveProperty('aliases')
    expect(body.model_versions[0].tags).toEqual([{ key: 'team', value: 'risk' }])
  })

  test.each([
    [{ max_results: 0 }, 400, 'Invalid value for max_results. It must be a positive integer, but got 0'],
    [{ max_results: -1 }, 400, 'It must be a positive integer, but got -1'],
    [{ max_results: 200_001 }, 400, `Invalid value "200001" for parameter 'max_results' supplied`],
    [{ max_results: 'x' }, 400, 'max_results'],
    [{ filter: ' ' }, 400, "Invalid filter ' '"],
    [{ filter: "creation_timestamp = '1'" }, 400, 'creation_timestamp'],
    [{ filter: "current_stage = 'None'" }, 400, 'current_stage'],
    [{ filter: 'version_number = 1.5' }, 400, 'version_number'],
    [{ filter: "version_number = 'x'" }, 400, 'version_number'],
    [{ filter: "params.a = 'x'" }, 400, ''],
    [{ order_by: ['stage'] }, 400, "Invalid attribute key 'stage' specified."],
    [{ order_by: ['name', 'name DESC'] }, 500, '`order_by` contains duplicate fields'],
    [{ order_by: ['name up'] }, 400, 'Invalid ordering key in order_by clause'],
    [{ page_token: '!' }, 400, 'Invalid page token, could not base64-decode'],
    [{ page_token: 'eyJ4IjogMX0=' }, 400, 'Invalid page token'],
  ])('%j is refused', async (query, status, message) => {
    const answer = await search(query as never)
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body.message).toContain(message)
  })

  test('a token belongs to its filter and order', async () => {
    const { next_page_token } = (await search({ max_results: 1 })).body
    for (const other of [{ filter: "name = 'a'" }, { order_by: ['name'] }]) {
      expect((await search({ ...other, page_token: next_page_token })).status).toBe(400)
    }
  })

  test('AIDP asks with one text for the order, also by stage', async () => {
    const names = async (query: Record<string, string>) =>
      (await server.aidp.get(`${path}/search`, query)).body.model_versions
        .map(({ name, version }: Shown) => name + version)
        .join(' ')
    // At the workspace mount the search is MLflow's operation: it is the platform mount that is AIDP's.
    const platform = async (query: Record<string, string>) => {
      const text = new URLSearchParams(query).toString()
      const url = `/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/mlops/api${path}/search?${text}`
      const answer = await server.http.inject({ url })
      expect(answer.statusCode, answer.body).toBe(200)
      return answer
        .json()
        .model_versions.map(({ name, version }: Shown) => name + version)
        .join(' ')
    }
    await server.mlflow.post(`${path}/transition-stage`, { name: 'a', version: '2', stage: 'Production' })
    expect(await platform({ order_by: 'name desc, version asc' })).toBe('a1 a2 a3 B1 B2')
    expect(await platform({ order_by: 'stage DESC, version' })).toBe('a2 a1 B1 B2 a3')
    expect(await platform({ filter: "name='a'", order_by: 'current_stage' })).toBe('a1 a3 a2')
    expect(await names({ filter: "name='a'" })).toBe('a2 a1 a3')
  })
})
