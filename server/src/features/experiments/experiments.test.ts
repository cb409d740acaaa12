import { describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/start-test-server.ts'

const at = (name: string) => `/2.0/mlflow/experiments/${name}`
const seeDocs = 'See the API docs for more information about request parameters.'

describe.each(databases)('experiments on %s', (engine) => {
  test('the default experiment is there from the first start', async () => {
    await using server = await startTestServer(engine)
    const { status, body } = await server.mlflow.get(at('get'), { experiment_id: '0' })
    expect(status).toBe(200)
    expect(body.experiment).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
      lifecycle_stage: 'active',
      workspace: 'default',
    })
  })

  test('create, read by id and by name, with tags and unicode', async () => {
    await using server = await startTestServer(engine)
    const tags = [
      { key: 'mlflow.note.content', value: 'naïve ✓\n' },
      { key: 'team', value: '' },
    ]
    const created = await server.mlflow.post(at('create'), { name: '实验/🚀', tags })
    expect(created.text).toBe('{\n  "experiment_id": "1"\n}')
    const byId = await server.mlflow.get(at('get'), { experiment_id: 1 })
    expect(byId.body.experiment).toMatchObject({ name: '实验/🚀', artifact_location: 'mlflow-artifacts:/1', tags })
    expect(byId.text).toContain('\\u5b9e\\u9a8c/\\ud83d\\ude80')
    const byName = await server.mlflow.get(at('get-by-name'), { experiment_name: '实验/🚀' })
    expect(byName.body).toEqual(byId.body)
  })

  test('a given artifact location is kept', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment({ artifact_location: 's3://bucket/path' })
    expect((await server.mlflow.get(at('get'), { experiment_id: id })).body.experiment.artifact_location).toBe(
      's3://bucket/path',
    )
  })

  test('names are unique over both stages, and numbers are not used twice', async () => {
    await using server = await startTestServer(engine)
    const first = await server.given.experiment({ name: 'a' })
    await server.mlflow.post(at('delete'), { experiment_id: first })
    const again = await server.mlflow.post(at('create'), { name: 'a' })
    expect(again).toMatchObject({ status: 400, body: { error_code: 'RESOURCE_ALREADY_EXISTS' } })
    expect(again.body.message).toMatch(/^Experiment\(name=a\) already exists\./)
    expect(await server.given.experiment()).toBe('2')
  })

  test('50 creations at once get 50 numbers', async () => {
    await using server = await startTestServer(engine)
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, index) => server.given.experiment({ name: `e${index}` })),
    )
    expect(new Set(ids).size).toBe(50)
  })

  test('rename', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment({ name: 'old' })
    await server.given.experiment({ name: 'taken' })
    expect((await server.mlflow.post(at('update'), { experiment_id: id, new_name: 'new' })).text).toBe('{}')
    const { experiment } = (await server.mlflow.get(at('get'), { experiment_id: id })).body
    expect(experiment.name).toBe('new')
    expect(experiment.last_update_time).toBeGreaterThanOrEqual(experiment.creation_time)
    expect(await server.mlflow.post(at('update'), { experiment_id: id, new_name: 'taken' })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    expect(await server.mlflow.post(at('update'), { experiment_id: id, new_name: 'new' })).toMatchObject({
      status: 200,
    })
  })

  test('delete and restore carry every run along', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment()
    const [one, two] = [await server.given.run({ experiment_id: id }), await server.given.run({ experiment_id: id })]
    const stageOf = async (run: string) =>
      (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id: run })).body.run.info.lifecycle_stage
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id: one })
    expect((await server.mlflow.post(at('delete'), { experiment_id: id })).status).toBe(200)
    expect([await stageOf(one), await stageOf(two)]).toEqual(['deleted', 'deleted'])
    const again = await server.mlflow.post(at('delete'), { experiment_id: id })
    expect(again).toMatchObject({ status: 404, body: { message: `No Experiment with id=${id} exists` } })
    expect((await server.mlflow.post(at('restore'), { experiment_id: id })).status).toBe(200)
    expect([await stageOf(one), await stageOf(two)]).toEqual(['active', 'active'])
    expect((await server.mlflow.post(at('restore'), { experiment_id: id })).status).toBe(404)
  })

  test('a deleted experiment takes no changes', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment()
    await server.mlflow.post(at('delete'), { experiment_id: id })
    const refused = `The experiment ${id} must be in the 'active' state. Current state is deleted.`
    const tag = { experiment_id: id, key: 'k', value: 'v' }
    expect(await server.mlflow.post(at('set-experiment-tag'), tag)).toMatchObject({
      status: 400,
      body: { message: refused },
    })
    expect(await server.mlflow.post(at('delete-experiment-tag'), tag)).toMatchObject({
      status: 400,
      body: { message: refused },
    })
    expect(await server.mlflow.post(at('update'), { experiment_id: id, new_name: 'x' })).toMatchObject({
      status: 500,
      body: { error_code: 'INVALID_STATE', message: 'Cannot rename a non-active experiment.' },
    })
    expect(await server.mlflow.post('/2.0/mlflow/runs/create', { experiment_id: id })).toMatchObject({
      status: 400,
      body: { message: refused },
    })
  })

  test('tags are set, overwritten and removed', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment()
    const tagsOf = async () => (await server.mlflow.get(at('get'), { experiment_id: id })).body.experiment.tags
    await server.mlflow.post(at('set-experiment-tag'), { experiment_id: id, key: 'k' })
    expect(await tagsOf()).toEqual([{ key: 'k', value: '' }])
    await server.mlflow.post(at('set-experiment-tag'), { experiment_id: id, key: 'k', value: 'v'.repeat(20_000) })
    expect((await tagsOf())[0].value).toHaveLength(20_000)
    await server.mlflow.post(at('delete-experiment-tag'), { experiment_id: id, key: 'k' })
    expect(await tagsOf()).toBeUndefined()
    expect(await server.mlflow.post(at('delete-experiment-tag'), { experiment_id: id, key: 'k' })).toMatchObject({
      status: 404,
      body: { message: `No tag with name: k in experiment with id ${id}` },
    })
  })

  test('at most 50 saved views', async () => {
    await using server = await startTestServer(engine)
    const id = await server.given.experiment()
    const save = (number: number) =>
      server.mlflow.post(at('set-experiment-tag'), {
        experiment_id: id,
        key: `mlflow.customView.view${number}`,
        value: '{}',
      })
    for (let number = 0; number < 50; number++) expect((await save(number)).status).toBe(200)
    expect((await save(50)).body.message).toContain(`Unable to create another custom view for experiment ${id}`)
    expect((await save(7)).status).toBe(200)
  })

  test.each([
    ['create', { name: 'x'.repeat(501) }, "'name' exceeds the maximum length of 500 characters"],
    [
      'create',
      { name: 'x', tags: [{ key: 'a$b', value: '' }] },
      'Invalid value "a$b" for parameter \'key\' supplied: Names may only',
    ],
    ['create', { name: 'x', tags: [{ key: 'a' }, { key: 'a' }] }, 'Experiment(name=x) already exists.'],
    [
      'create',
      { name: 'x', artifact_location: 's3://b/p#q' },
      "'artifact_location' URL can't include fragments or params.",
    ],
    [
      'update',
      { experiment_id: 'abc', new_name: 'x' },
      "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    ],
    ['update', { experiment_id: '0' }, `Missing value for required parameter 'new_name'. ${seeDocs}`],
    ['delete', { experiment_id: '99' }, 'No Experiment with id=99 exists'],
    ['delete', { experiment_id: '99999999999999999999999' }, 'No Experiment with id=99999999999999999999999 exists'],
    [
      'set-experiment-tag',
      { experiment_id: '0', key: 'k', value: 'v'.repeat(20_001) },
      "'value' exceeds the maximum length of 20000",
    ],
    [
      'set-experiment-tag',
      { experiment_id: '0', key: 'k'.repeat(251) },
      "'key' exceeds the maximum length of 250 characters",
    ],
  ])('refuses %s (case %#)', async (operation, body, message) => {
    await using server = await startTestServer(engine)
    const answer = await server.mlflow.post(at(operation), body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body.message).toContain(message)
    expect((await server.mlflow.get(at('get'), { experiment_id: '1' })).status).toBe(404)
  })

  test("Oracle's face answers its own codes, an etag and a request id", async () => {
    await using server = await startTestServer(engine)
    const created = await server.aidp.post(at('create'), { name: 'a' })
    expect(created).toMatchObject({ status: 200, body: { experiment_id: '1' }, headers: { etag: '"1"' } })
    expect(created.headers['opc-request-id']).toMatch(/^\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
    expect((await server.mlflow.get(at('get'), { experiment_id: '1' })).body.experiment.name).toBe('a')
    expect(await server.aidp.get(at('get'), { experiment_id: '7' })).toMatchObject({
      status: 404,
      body: { code: 'NotAuthorizedOrNotFound', error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
    expect(await server.aidp.post(at('create'), {})).toMatchObject({ status: 400, body: { code: 'MissingParameter' } })
  })

  test('an unknown workspace is not found', async () => {
    await using server = await startTestServer(engine)
    const answer = await server.http.inject({
      url: `${server.mounts.aidp.replace('workspaces/default', 'workspaces/other')}/api${at('get')}?experiment_id=0`,
    })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'NotAuthorizedOrNotFound' })
  })
})
