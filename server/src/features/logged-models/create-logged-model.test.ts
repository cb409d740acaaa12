import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/logged-models'
const seeDocs = 'See the API docs for more information about request parameters.'

describe.each(databases)('creating and reading logged models on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const create = (body: object) => server.mlflow.post(path, { experiment_id: '0', ...body })

  test('a new model is pending; texts come back by key, and get answers the same', async () => {
    const experiment_id = await server.given.experiment({ artifact_location: 's3://bucket/folder/' })
    const source_run_id = await server.given.run()
    const created = await create({
      experiment_id,
      name: '模型 🚀',
      model_type: 'classifier',
      source_run_id,
      params: [
        { key: 'b', value: '' },
        { key: 'a/../$', value: 'ü' },
      ],
      tags: [{ key: 'z' }, { value: 'no key' }],
    })
    expect(created.status).toBe(200)
    const { info, data } = created.body.model
    expect(info.model_id).toMatch(/^m-[0-9a-f]{32}$/)
    expect(Math.abs(info.creation_timestamp_ms - Date.now())).toBeLessThan(60_000)
    expect(info).toEqual({
      model_id: info.model_id,
      experiment_id,
      name: '模型 🚀',
      creation_timestamp_ms: info.creation_timestamp_ms,
      last_updated_timestamp_ms: info.creation_timestamp_ms,
      artifact_uri: `s3://bucket/folder/models/${info.model_id}/artifacts`,
      status: 'LOGGED_MODEL_PENDING',
      model_type: 'classifier',
      source_run_id,
      tags: [
        { key: '', value: 'no key' },
        { key: 'z', value: '' },
      ],
    })
    expect(data).toEqual({
      params: [
        { key: 'a/../$', value: 'ü' },
        { key: 'b', value: '' },
      ],
    })
    expect((await server.mlflow.get(`${path}/${info.model_id}`)).text).toBe(created.text)
  })

  test('without a name it gets a random one, and empty texts are rendered', async () => {
    for (const name of [undefined, '', null]) {
      const { model } = (await create({ name })).body
      expect(model.info.name).toMatch(/^[a-z]+-[a-z]+-\d{1,4}$/)
      expect(model).toMatchObject({ info: { model_type: '', source_run_id: '' }, data: {} })
      expect(model.info.artifact_uri).toBe(`mlflow-artifacts:/0/models/${model.info.model_id}/artifacts`)
    }
  })

  test('names need not be unique, ids sort by time', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await create({ name: 'same' })).body.model.info.model_id)
    expect(new Set(ids).size).toBe(5)
    expect([...ids].sort()).toEqual(ids)
  })

  test.each([
    ["it's a.b", `"it's a.b"`],
    ['a/b', "'a/b'"],
    ['a:b', "'a:b'"],
    ['50%', "'50%'"],
    ['say "x"', `'say "x"'`],
  ])('the name %s is refused', async (name, printed) => {
    expect(await create({ name })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message:
          `Invalid model name (${printed}) provided. Model name must be a non-empty string and cannot contain the ` +
          `following characters: ('/', ':', '.', '%', '"', "'")`,
      },
    })
  })

  test.each([
    [{ experiment_id: undefined }, 400, `Missing value for required parameter 'experiment_id'. ${seeDocs}`],
    [{ experiment_id: '' }, 400, `Missing value for required parameter 'experiment_id'. ${seeDocs}`],
    [{ experiment_id: '99999' }, 404, 'No Experiment with id=99999 exists'],
    [{ experiment_id: 'abc' }, 400, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
    [{ name: 5 }, 400, `Invalid value 5 for parameter 'name' supplied:  Hint: Value was of type 'int'. ${seeDocs}`],
    [
      { params: { a: 1 } },
      400,
      `Invalid value {"a":1} for parameter 'params' supplied:  Hint: Value was of type 'dict'. ${seeDocs}`,
    ],
    [
      { params: [{ key: 'a', value: 5 }] },
      400,
      "Invalid value 5 for parameter 'params[0].value' supplied: it must be a string.",
    ],
    [{ tags: [{ key: 'k'.repeat(501) }] }, 400, "'tags[0].key' exceeds the maximum length of 500 characters"],
  ])('%j is refused', async (body, status, message) => {
    expect(await create(body)).toMatchObject({ status, body: { message } })
  })

  test('a key given twice is a bad request, and nothing is stored', async () => {
    const experiment_id = await server.given.experiment()
    const texts = [
      { key: 'a', value: '1' },
      { key: 'a', value: '1' },
    ]
    for (const body of [{ params: texts }, { tags: texts }]) {
      expect(await create({ experiment_id, ...body })).toMatchObject({
        status: 400,
        body: { error_code: 'BAD_REQUEST' },
      })
    }
    expect((await server.mlflow.post(`${path}/search`, { experiment_ids: [experiment_id] })).text).toBe('{}')
  })

  test('a deleted experiment takes no model', async () => {
    const experiment_id = await server.given.experiment()
    await server.mlflow.post('/2.0/mlflow/experiments/delete', { experiment_id })
    expect(await create({ experiment_id })).toMatchObject({
      status: 400,
      body: {
        message: `The experiment ${experiment_id} must be in the 'active' state. Current state is deleted.`,
      },
    })
  })

  test('long names, keys and values are kept whole', async () => {
    const long = {
      name: '🙂'.repeat(600),
      params: [{ key: 'é'.repeat(500), value: 'v'.repeat(20_000) }],
      tags: [{ key: 'k', value: '漢'.repeat(9000) }],
    }
    const { model } = (await create(long)).body
    const read = (await server.mlflow.get(`${path}/${model.info.model_id}`)).body.model
    expect(read).toMatchObject({ info: { name: long.name, tags: long.tags }, data: { params: long.params } })
  })

  test('200 at once', async () => {
    const experiment_id = await server.given.experiment()
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => create({ experiment_id, name: `m${i}` })))
    expect(new Set(answers.map(({ body }) => body.model.info.model_id)).size).toBe(200)
  })

  test.each(['m-unknown', `m-${'0'.repeat(32)}`, 'search', "it's", '日本'])('there is no model %s', async (id) => {
    expect(await server.mlflow.get(`${path}/${encodeURIComponent(id)}`)).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Logged model with ID '${id}' not found.` },
    })
  })

  test('metrics logged by runs come back in that order, NaN and 64 bits exact', async () => {
    const { model_id } = (await create({})).body.model.info
    const run_id = await server.given.run()
    const other = await server.given.run({ experiment_id: await server.given.experiment() })
    const log = (body: object) =>
      server.mlflow.post('/2.0/mlflow/runs/log-metric', { run_id, timestamp: 1, model_id, ...body })
    const dataset = { dataset_name: 'd', dataset_digest: 'x' }
    for (const body of [
      { key: 'z', value: 1, timestamp: 9223372036854775807n, step: -9223372036854775808n },
      { key: 'a', value: 'NaN', ...dataset },
      { key: 'a', value: 'Infinity', step: 1, run_id: other },
      { key: 'a', value: 'NaN', ...dataset },
    ]) {
      expect((await log(body)).status).toBe(200)
    }
    expect(await log({ key: 'a', value: 0, ...dataset })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    const { data } = (await server.mlflow.get(`${path}/${model_id}`)).body.model
    expect(data.metrics).toEqual([
      { key: 'z', value: 1, timestamp: 9223372036854775807n, step: -9223372036854775808n, model_id, run_id },
      { key: 'a', value: 'NaN', timestamp: 1, step: 0, ...dataset, model_id, run_id },
      { key: 'a', value: 1.7976931348623157e308, timestamp: 1, step: 1, model_id, run_id: other },
    ])
  })

  test('both faces have it', async () => {
    const created = await server.aidp.post(path, { experiment_id: '0', name: 'by the long path' })
    const id = created.body.model.info.model_id
    expect((await server.mlflow.get(`${path}/${id}`)).body).toEqual(created.body)
    const found = await server.aidp.post(`${path}/search`, { experiment_ids: ['0'], max_results: 1 })
    expect(found.headers['opc-next-page']).toBe(found.body.next_page_token)
    expect(await server.aidp.get(`${path}/m-unknown`)).toMatchObject({
      status: 404,
      body: { code: 'NotAuthorizedOrNotFound', error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
  })
})
