import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const root = '/2.0/mlflow/experiments'
const bulkTags = '/2.0/mlflow/internal/experiments/update-experiment-tags'
const absent = { status: 404, body: { code: 'NotAuthorizedOrNotFound', error_code: 'RESOURCE_DOES_NOT_EXIST' } }
const conflict = { status: 409, body: { code: 'Conflict' } }
const done = { status: 200, text: '{}', headers: { etag: expect.stringMatching(/^"\d+"$/) } }

describe.each(databases)("experiments in AIDP's dialect on %s", (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const post = (action: string, body: object) => server.aidp.post(`${root}/${action}`, body)
  const read = async (experiment_id: string) =>
    (await server.aidp.get(`${root}/get`, { experiment_id })).body.experiment
  let number = 0
  const create = async (): Promise<string> => (await post('create', { name: `aidp ${++number}` })).body.experiment_id

  test('the answers have the members of the contract and no others', async () => {
    const tags = [{ key: 'team', value: 'risk' }]
    const created = await post('create', { name: 'fraud', tags })
    expect(created).toMatchObject({ status: 200, headers: { etag: '"1"' } })
    const { experiment_id } = created.body
    const { body } = await server.aidp.get(`${root}/get`, { experiment_id })
    expect(body).toEqual({
      experiment: {
        experiment_id,
        name: 'fraud',
        artifact_location: `mlflow-artifacts:/${experiment_id}`,
        lifecycle_stage: 'active',
        creation_time: expect.any(Number),
        last_update_time: expect.any(Number),
        tags,
      },
    })
    expect((await server.aidp.get(`${root}/get-by-name`, { experiment_name: 'fraud' })).body).toEqual(body)
    const stock = await server.mlflow.get(`${root}/get`, { experiment_id })
    expect(stock.body.experiment.workspace).toBe('default')
  })

  test('a name that is taken is 409 for a new experiment and for a renamed one; MLflow says 400', async () => {
    await post('create', { name: 'taken' })
    expect(await post('create', { name: 'taken' })).toMatchObject({
      status: 409,
      body: { code: 'NotAuthorizedOrResourceAlreadyExists', error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
    const experiment_id = await create()
    const rename = { experiment_id, new_name: 'taken' }
    expect(await post('update', rename)).toMatchObject({
      status: 409,
      body: { code: 'Conflict', error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
    expect(await server.mlflow.post(`${root}/update`, rename)).toMatchObject({ status: 400 })
    expect(await post('create', { name: 'twice', tags: [{ key: 'a' }, { key: 'a' }] })).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    })
  })

  test('without a new name an update changes nothing; MLflow asks for one', async () => {
    const experiment_id = await create()
    expect(await post('update', { experiment_id })).toMatchObject(done)
    expect(await server.mlflow.post(`${root}/update`, { experiment_id })).toMatchObject({ status: 400 })
    expect((await read(experiment_id)).name).toMatch(/^aidp/)
  })

  test('deleting and restoring once more changes nothing; in MLflow the experiment is not there', async () => {
    const experiment_id = await create()
    const deleted = await post('delete', { experiment_id })
    expect(deleted).toMatchObject(done)
    const again = await post('delete', { experiment_id })
    expect(again).toMatchObject({ ...done, headers: { etag: deleted.headers['etag'] } })
    expect((await server.mlflow.post(`${root}/delete`, { experiment_id })).status).toBe(404)
    const restored = await post('restore', { experiment_id })
    expect(restored).toMatchObject(done)
    expect(await post('restore', { experiment_id })).toMatchObject({ headers: { etag: restored.headers['etag'] } })
    expect((await server.mlflow.post(`${root}/restore`, { experiment_id })).status).toBe(404)
  })

  test('a write to a deleted experiment is a conflict', async () => {
    const experiment_id = await create()
    await post('delete', { experiment_id })
    expect(await post('set-experiment-tag', { experiment_id, key: 'a', value: '' })).toMatchObject(conflict)
    expect(await post('delete-experiment-tag', { experiment_id, key: 'a' })).toMatchObject(conflict)
    expect(await post('update', { experiment_id, new_name: 'other' })).toMatchObject(conflict)
    expect(await server.aidp.post(bulkTags, { experiment_id, set_tags: [{ key: 'a' }] })).toMatchObject(conflict)
    expect(await server.aidp.post('/2.0/mlflow/runs/create', { experiment_id })).toMatchObject(conflict)
    const stock = await server.mlflow.post(`${root}/set-experiment-tag`, { experiment_id, key: 'a', value: '' })
    expect(stock).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
  })

  test('a permanent delete frees the name and takes everything with it', async () => {
    const experiment_id = await create()
    const { name } = await read(experiment_id)
    await post('set-experiment-tag', { experiment_id, key: 'a', value: '1' })
    const model = await server.mlflow.post('/2.0/mlflow/logged-models', { experiment_id, name: 'm' })
    expect(await post('delete', { experiment_id, is_permanent: true })).toMatchObject(done)
    expect(await post('delete', { experiment_id, is_permanent: true })).toMatchObject(absent)
    expect(await server.aidp.get(`${root}/get`, { experiment_id })).toMatchObject(absent)
    expect((await post('create', { name })).status).toBe(200)
    await expect
      .poll(
        async () => (await server.mlflow.get(`/2.0/mlflow/logged-models/${model.body.model.info.model_id}`)).status,
        {
          timeout: 10_000,
        },
      )
      .toBe(404)
    const left = async () =>
      (await server.db.read.selectFrom('purges').select('purge').where('tenant', '=', 1).execute()).length
    await expect.poll(left, { timeout: 10_000 }).toBe(0)
    const tags = await server.db.read
      .selectFrom('experiment_tags')
      .select('key')
      .where('tenant', '=', 1)
      .where('experiment', '=', Number(experiment_id))
      .execute()
    expect(tags).toEqual([])
  })

  test('an experiment with runs, also deleted ones, and Default stay', async () => {
    const experiment_id = await create()
    const run_id = await server.given.run({ experiment_id })
    const remove = { experiment_id, is_permanent: true }
    expect(await post('delete', remove)).toMatchObject(conflict)
    await server.aidp.post('/2.0/mlflow/runs/delete', { run_id })
    expect(await post('delete', remove)).toMatchObject(conflict)
    await post('delete', { experiment_id })
    expect(await post('delete', remove)).toMatchObject(conflict)
    await server.aidp.post('/2.0/mlflow/runs/delete', { run_id, is_permanent: true })
    expect(await post('delete', remove)).toMatchObject(done)
    expect(await post('delete', { experiment_id: '0', is_permanent: true })).toMatchObject(conflict)
  })

  test('bulk tags are set and removed together or not at all', async () => {
    const experiment_id = await create()
    const update = (body: object) => server.aidp.post(bulkTags, { experiment_id, ...body })
    const tags = async () => (await read(experiment_id)).tags
    const set_tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]
    expect(await update({ set_tags })).toMatchObject(done)
    expect(await update({ set_tags: [{ key: 'c' }], delete_tags: [{ key: 'a' }, { key: 'never' }] })).toMatchObject(
      done,
    )
    const after = [
      { key: 'b', value: '2' },
      { key: 'c', value: '' },
    ]
    expect(await tags()).toEqual(after)
    for (const body of [
      { set_tags: [{ key: 'd' }, { key: 'd' }] },
      { set_tags: [{ key: 'd' }], delete_tags: [{ key: 'd' }] },
      { delete_tags: [{ key: 'b' }, { key: 'b' }] },
      { set_tags: [{ key: 'd' }, { key: 'e', value: 'x'.repeat(20_001) }] },
      { set_tags: [{ key: 'd' }, { key: 'bad\u0007' }] },
      { set_tags: [{ value: 'no key' }] },
      { delete_tags: [{}] },
    ]) {
      const answer = await update(body)
      expect(answer.status, JSON.stringify(body).slice(0, 80)).toBe(400)
      expect(answer.body.code).toMatch(/^(Invalid|Missing)Parameter$/)
    }
    expect(await tags()).toEqual(after)
    expect(await update({})).toMatchObject(done)
    expect(await server.aidp.post(bulkTags, { experiment_id: '987654' })).toMatchObject(absent)
  })

  test('removing a tag that is not there is no error; in MLflow it is', async () => {
    const experiment_id = await create()
    const body = { experiment_id, key: 'never' }
    expect(await post('delete-experiment-tag', body)).toMatchObject(done)
    expect((await server.mlflow.post(`${root}/delete-experiment-tag`, body)).status).toBe(404)
  })

  test('a search needs no size, pages to its end, and says the token in both places', async () => {
    for (const name of ['s1', 's2', 's3', 's4', 's5']) await post('create', { name })
    const seen: string[] = []
    let page_token: string | undefined
    do {
      const answer = await post('search', { filter: "name LIKE 's_'", max_results: 2, order_by: ['name'], page_token })
      expect(answer.status, answer.text).toBe(200)
      seen.push(...answer.body.experiments.map((experiment: { name: string }) => experiment.name))
      page_token = answer.body.next_page_token
      expect(answer.headers['opc-next-page']).toBe(page_token)
    } while (page_token !== undefined)
    expect(seen).toEqual(['s1', 's2', 's3', 's4', 's5'])
    expect((await post('search', {})).body.experiments.length).toBeGreaterThan(5)
    expect((await post('search', { filter: "name = 'nobody'" })).body).toEqual({ experiments: [] })
    for (const body of [{ max_results: 0 }, { max_results: 50_001 }, { page_token: 'x' }, { filter: 'name ~ 1' }]) {
      expect(await post('search', body)).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
    }
  })

  test('another verb of the same path is MLflow’s', async () => {
    const answer = await server.aidp.get(`${root}/search`, { max_results: 0 })
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
  })
})
