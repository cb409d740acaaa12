import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFileBlobStore } from '../../blobs/file/file-blob-store.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const root = '/2.0/mlflow/runs'
const bulkTags = '/2.0/mlflow/internal/runs/update-tags'
const absent = { status: 404, body: { code: 'NotAuthorizedOrNotFound', error_code: 'RESOURCE_DOES_NOT_EXIST' } }
const conflict = { status: 409, body: { code: 'Conflict', error_code: 'INVALID_PARAMETER_VALUE' } }
const done = { status: 200, text: '{}', headers: { etag: expect.stringMatching(/^"\d+"$/) } }
const unknown = 'f'.repeat(32)

describe.each(databases)("runs in AIDP's dialect on %s", (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const post = (action: string, body: object) => server.aidp.post(`${root}/${action}`, body)
  const read = async (run_id: string) => (await server.aidp.get(`${root}/get`, { run_id })).body.run
  const create = async (body: object = {}): Promise<string> => (await post('create', body)).body.run.info.run_id

  test('a run needs nothing: Default, now, a name and the caller are filled in', async () => {
    const before = Date.now()
    const answer = await post('create', {})
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"1"' } })
    const { info, data } = answer.body.run
    expect(info).toMatchObject({
      experiment_id: '0',
      status: 'RUNNING',
      lifecycle_stage: 'active',
      run_uuid: info.run_id,
      run_name: expect.stringMatching(/./),
      user_id: 'anonymous',
    })
    expect(info.start_time).toBeGreaterThanOrEqual(before)
    expect(data.tags).toEqual([{ key: 'mlflow.runName', value: info.run_name }])
    expect((await server.aidp.get(`${root}/get`, { run_id: info.run_id })).body.run.info).toEqual(info)
  })

  test.each(['delete', 'restore'])('%s of a run that is in that stage already is 200', async (action) => {
    const run_id = await create()
    for (let times = 0; times < 2; times++) expect(await post(action, { run_id })).toMatchObject(done)
    expect(await post(action, { run_id: unknown })).toMatchObject(absent)
    expect(await post(action, {})).toMatchObject({ status: 400, body: { code: 'MissingParameter' } })
  })

  test('every write to a deleted run is a conflict; MLflow says 400', async () => {
    const run_id = await create()
    await post('delete', { run_id })
    const metric = { key: 'm', value: 1, timestamp: 1 }
    const model_json = JSON.stringify({ artifact_path: 'm', flavors: {}, utc_time_created: 't', run_id })
    for (const [action, body] of [
      ['update', { status: 'FINISHED' }],
      ['set-tag', { key: 'a', value: '1' }],
      ['delete-tag', { key: 'a' }],
      ['log-metric', metric],
      ['log-parameter', { key: 'p', value: '1' }],
      ['log-batch', { metrics: [metric] }],
      ['log-inputs', {}],
      ['log-model', { model_json }],
    ] as const) {
      expect(await post(action, { run_id, ...body }), action).toMatchObject(conflict)
      const stock = await server.mlflow.post(`${root}/${action}`, { run_id, ...body })
      expect(stock, action).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    }
    expect(await server.aidp.post(bulkTags, { run_id, set_tags: [{ key: 'a' }] })).toMatchObject(conflict)
  })

  test('a param keeps its value', async () => {
    const run_id = await create()
    const log = (value: string) => post('log-parameter', { run_id, key: 'lr', value })
    expect(await log('1')).toMatchObject(done)
    expect(await log('1')).toMatchObject(done)
    expect(await log('2')).toMatchObject(conflict)
    expect(await post('log-batch', { run_id, params: [{ key: 'lr', value: '3' }] })).toMatchObject(conflict)
    const twice = [
      { key: 'x', value: '1' },
      { key: 'x', value: '1' },
    ]
    expect(await post('log-batch', { run_id, params: twice })).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    })
  })

  test('a run of a deleted experiment is not restored; MLflow restores it', async () => {
    const experiment_id = await server.given.experiment()
    const run_id = await create({ experiment_id })
    await server.aidp.post('/2.0/mlflow/experiments/delete', { experiment_id })
    expect(await post('restore', { run_id })).toMatchObject({ status: 409, body: { code: 'Conflict' } })
    expect((await server.mlflow.post(`${root}/restore`, { run_id })).status).toBe(200)
  })

  test('INTERNAL_ERROR is kept, and MLflow sees FAILED and does not take it', async () => {
    const run_id = await create()
    const answer = await post('update', { run_id, status: 'INTERNAL_ERROR', end_time: 5 })
    expect(answer).toMatchObject({ status: 200, body: { run_info: { run_id, status: 'INTERNAL_ERROR', end_time: 5 } } })
    expect((await read(run_id)).info.status).toBe('INTERNAL_ERROR')
    expect((await server.mlflow.get(`${root}/get`, { run_id })).body.run.info.status).toBe('FAILED')
    const refused = await server.mlflow.post(`${root}/update`, { run_id, status: 'INTERNAL_ERROR' })
    expect(refused).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(await post('update', { run_id, status: 'RUNNING' })).toMatchObject({ status: 200 })
  })

  test('a search finds INTERNAL_ERROR by the name under which its answer shows it', async () => {
    const experiment_id = await server.given.experiment()
    const broken = await create({ experiment_id })
    await post('update', { run_id: broken, status: 'INTERNAL_ERROR', end_time: 5 })
    const failed = await create({ experiment_id })
    await post('update', { run_id: failed, status: 'FAILED', end_time: 5 })
    const running = await create({ experiment_id })
    const search = async (face: 'mlflow' | 'aidp', query: object) => {
      const answer = await server[face].post(`${root}/search`, { experiment_ids: [experiment_id], ...query })
      expect(answer.status, answer.text).toBe(200)
      return (answer.body.runs ?? []).map(({ info }: { info: { run_id: string } }) => info.run_id)
    }
    const filtered = (face: 'mlflow' | 'aidp', filter: string) => search(face, { filter }).then((ids) => ids.sort())
    expect(await filtered('mlflow', "status = 'FAILED'")).toEqual([broken, failed].sort())
    expect(await filtered('mlflow', "status != 'FAILED'")).toEqual([running])
    expect(await filtered('mlflow', "status = 'INTERNAL_ERROR'")).toEqual([])
    expect(await filtered('aidp', "status = 'FAILED'")).toEqual([failed])
    expect(await filtered('aidp', "status = 'INTERNAL_ERROR'")).toEqual([broken])
    expect((await search('mlflow', { order_by: ['status DESC'] }))[0]).toBe(running)
    expect((await search('aidp', { order_by: ['status ASC'] })).indexOf(failed)).toBe(0)
  })

  test('bulk tags are set and removed together or not at all, and rename the run', async () => {
    const run_id = await create({ run_name: 'first' })
    const update = (body: object) => server.aidp.post(bulkTags, { run_id, ...body })
    const set_tags = [
      { key: 'a', value: '1' },
      { key: 'mlflow.runName', value: 'second' },
    ]
    expect(await update({ set_tags, delete_tags: [{ key: 'never' }] })).toMatchObject(done)
    expect(await update({ set_tags: [{ key: 'b', value: '2' }], delete_tags: [{ key: 'a' }] })).toMatchObject(done)
    const after = [
      { key: 'mlflow.runName', value: 'second' },
      { key: 'b', value: '2' },
    ]
    const sorted = (tags: { key: string }[]) => [...tags].sort((one, other) => (one.key < other.key ? -1 : 1))
    expect(sorted((await read(run_id)).data.tags)).toEqual(sorted(after))
    expect((await read(run_id)).info.run_name).toBe('second')
    for (const body of [
      { set_tags: [{ key: 'c' }, { key: 'c' }] },
      { set_tags: [{ key: 'c' }], delete_tags: [{ key: 'c' }] },
      { set_tags: [{ key: 'c' }, { key: 'd', value: 'x'.repeat(8001) }] },
      { delete_tags: [{}] },
    ]) {
      expect((await update(body)).status).toBe(400)
    }
    expect(sorted((await read(run_id)).data.tags)).toEqual(sorted(after))
    expect(await server.aidp.post(bulkTags, { run_id: unknown })).toMatchObject(absent)
    expect(await post('delete-tag', { run_id, key: 'never' })).toMatchObject(done)
    expect((await server.mlflow.post(`${root}/delete-tag`, { run_id, key: 'never' })).status).toBe(404)
  })

  test('inputs come as dataset_inputs and are answered so', async () => {
    const run_id = await create()
    const dataset = { name: 'd', digest: 'x', source_type: 'local', source: 's' }
    const tags = [{ key: 'context', value: 'train' }]
    expect(await post('log-inputs', { run_id, dataset_inputs: [{ dataset, tags }] })).toMatchObject(done)
    expect((await read(run_id)).inputs).toEqual({ dataset_inputs: [{ dataset, tags }] })
    for (const [input, field] of [
      [{ dataset: { ...dataset, digest: undefined } }, 'dataset_inputs[0].dataset.digest'],
      [{ dataset: { ...dataset, name: 'x'.repeat(501) } }, 'dataset_inputs[0].dataset.name'],
      [{}, 'dataset_inputs[0].dataset'],
    ] as const) {
      const answer = await post('log-inputs', { run_id, dataset_inputs: [input] })
      expect(answer.status).toBe(400)
      expect(answer.body.message).toContain(field)
    }
  })

  test('log-model makes a logged model that is ready, or finishes the one that it names', async () => {
    const experiment_id = await server.given.experiment()
    const run_id = await create({ experiment_id })
    const document = { artifact_path: 'model', flavors: { python_function: {} }, utc_time_created: 't', run_id }
    const log = (more: object = {}) =>
      post('log-model', { run_id, model_json: JSON.stringify({ ...document, ...more }) })
    const models = async () =>
      (await server.aidp.post('/2.0/mlflow/logged-models/search', { experiment_ids: [experiment_id] })).body.models
    expect(await log()).toMatchObject(done)
    const [made] = await models()
    expect(made.info).toMatchObject({
      name: 'model',
      source_run_id: run_id,
      status: 'LOGGED_MODEL_READY',
      artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts/model`,
    })
    const pending = await server.mlflow.post('/2.0/mlflow/logged-models', {
      experiment_id,
      name: 'p',
      source_run_id: run_id,
    })
    const { model_id } = pending.body.model.info
    expect(await log({ model_id })).toMatchObject(done)
    const all = await models()
    expect(all).toHaveLength(2)
    const found = all.find((model: { info: { model_id: string } }) => model.info.model_id === model_id)
    expect(found.info.status).toBe('LOGGED_MODEL_READY')
    for (const model_json of ['[]', 'nonsense', '{}']) {
      expect(await post('log-model', { run_id, model_json })).toMatchObject({
        status: 400,
        body: { code: 'InvalidParameter' },
      })
    }
    const everywhere = await server.aidp.post('/2.0/mlflow/logged-models/search', {})
    expect(everywhere.body.models.length).toBeGreaterThanOrEqual(2)
  })

  test('a search without experiments covers the workspace, also with many of them, and pages to its end', async () => {
    const fresh = await createTestWorkspace(server.db, `search-${engine}`)
    expect(fresh).toBeGreaterThan(1)
    const at = (path: string) =>
      `/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/workspaces/search-${engine}/mlops/api/2.0/mlflow/${path}`
    const send = async (path: string, body: object) =>
      (
        await server.http.inject({
          method: 'POST',
          url: at(path),
          payload: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        })
      ).json()
    const runs: string[] = []
    for (let index = 0; index < 20; index++) {
      const { experiment_id } = await send('experiments/create', { name: `e${index}` })
      runs.push((await send('runs/create', { experiment_id, start_time: 1000 - index })).run.info.run_id)
      if (index !== 4 && index !== 19) continue
      const seen: string[] = []
      let page_token: string | undefined
      do {
        const page = await send('runs/search', { max_results: 3, page_token })
        seen.push(...page.runs.map((run: { info: { run_id: string } }) => run.info.run_id))
        page_token = page.next_page_token
      } while (page_token !== undefined)
      expect(seen).toEqual(runs)
    }
    const stock = await server.mlflow.post(`${root}/search`, {})
    expect(stock.body).toEqual({})
    expect((await post('search', { max_results: 50_001 })).body).toMatchObject({ code: 'InvalidParameter' })
  })

  test('a filter has at most 200 comparisons; MLflow has no limit', async () => {
    const filter = Array.from({ length: 201 }, (_, place) => `tags.t${place} = 'x'`).join(' AND ')
    const body = { experiment_ids: ['0'], filter }
    const refused = await post('search', body)
    expect(refused).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
    expect(refused.body.message).toContain('filter')
    expect((await server.mlflow.post(`${root}/search`, body)).status).toBe(200)
  })

  test('the history of a metric is paged; a run that is not there has none', async () => {
    const run_id = await create()
    const metrics = Array.from({ length: 5 }, (_, step) => ({ key: 'm', value: step, timestamp: step, step }))
    await post('log-batch', { run_id, metrics })
    const values: number[] = []
    let page_token: string | undefined
    do {
      const query = { run_id, metric_key: 'm', max_results: 2, ...(page_token === undefined ? {} : { page_token }) }
      const answer = await server.aidp.get('/2.0/mlflow/metrics/get-history', query)
      values.push(...answer.body.metrics.map((metric: { value: number }) => metric.value))
      page_token = answer.body.next_page_token
      expect(answer.headers['opc-next-page']).toBe(page_token)
    } while (page_token !== undefined)
    expect(values).toEqual([0, 1, 2, 3, 4])
    const history = (query: Record<string, string | number>) =>
      server.aidp.get('/2.0/mlflow/metrics/get-history', query)
    expect(await history({ run_id: unknown, metric_key: 'm' })).toMatchObject(absent)
    expect((await history({ run_id, metric_key: 'other' })).body).toEqual({ metrics: [] })
    expect((await history({ run_id, metric_key: 'm', max_results: 25_001 })).body.code).toBe('InvalidParameter')
  })

  test('artifacts come in pages of 1,000, sorted; what is not there is empty', async () => {
    const run_id = await create()
    const blobs = await openFileBlobStore(server.artifactsDir)
    const { artifact_uri } = (await read(run_id)).info
    const folder = `workspaces/1/${artifact_uri.replace('mlflow-artifacts:/', '')}`
    const put = (path: string, text: string) => blobs.put(`${folder}/${path}` as never, [Buffer.from(text)] as never)
    for (let index = 0; index < 1002; index++) await put(`many/${String(index).padStart(4, '0')}.txt`, 'x')
    await put('empty.txt', '')
    const list = (query: object) => server.aidp.get('/2.0/mlflow/artifacts/list', { run_id, ...query })
    const top = await list({ path: '' })
    expect(top.body).toEqual({
      root_uri: artifact_uri,
      files: [
        { path: 'empty.txt', is_dir: false, file_size: 0 },
        { path: 'many', is_dir: true },
      ],
    })
    const first = await list({ path: 'many' })
    expect(first.body.files).toHaveLength(1000)
    expect(first.headers['opc-next-page']).toBe(first.body.next_page_token)
    const second = await list({ path: 'many', page_token: first.body.next_page_token })
    expect(second.body.files.map((file: { path: string }) => file.path)).toEqual(['many/1000.txt', 'many/1001.txt'])
    expect(second.body.next_page_token).toBeUndefined()
    for (const path of ['nothing', 'many/0000.txt']) expect((await list({ path })).body.files).toEqual([])
    expect((await list({ path: '../x' })).status).toBe(400)
    expect((await list({ path: 'many', page_token: 'nonsense' })).body.code).toBe('InvalidParameter')
    expect((await server.mlflow.get('/2.0/mlflow/artifacts/list', { run_id, path: 'many' })).body.files).toHaveLength(
      1002,
    )
  })

  test('removed for good, a run is gone at once, and its data and artifacts soon', async () => {
    const run_id = await create({ tags: [{ key: 'a', value: '1' }] })
    const metrics = Array.from({ length: 30 }, (_, step) => ({
      key: `m${step % 3}`,
      value: step,
      timestamp: step,
      step,
    }))
    await post('log-batch', { run_id, metrics, params: [{ key: 'p', value: '1' }] })
    const dataset = { name: 'purged', digest: 'x', source_type: 'local', source: 's' }
    await post('log-inputs', { run_id, dataset_inputs: [{ dataset, tags: [{ key: 'k', value: 'v' }] }] })
    const { artifact_uri } = (await read(run_id)).info
    const blobs = await openFileBlobStore(server.artifactsDir)
    const artifact = `workspaces/1/${artifact_uri.replace('mlflow-artifacts:/', '')}/model/MLmodel` as never
    await blobs.put(artifact, [Buffer.from('x')] as never)
    const removed = await post('delete', { run_id, is_permanent: true })
    expect(removed).toMatchObject(done)
    expect(await server.aidp.get(`${root}/get`, { run_id })).toMatchObject(absent)
    expect(await post('log-metric', { run_id, key: 'm', value: 1, timestamp: 1 })).toMatchObject(absent)
    expect(await post('restore', { run_id })).toMatchObject(absent)
    expect(await post('delete', { run_id, is_permanent: true })).toMatchObject(absent)
    const found = await post('search', { filter: "tags.a = '1'", run_view_type: 'ALL' })
    expect(found.body.runs).toEqual([])
    const left = async () =>
      (await server.db.read.selectFrom('purges').select('purge').where('tenant', '=', 1).execute()).length
    await expect.poll(left, { timeout: 10_000 }).toBe(0)
    expect(await blobs.head(artifact)).toBeUndefined()
    for (const table of [
      'metric_summary',
      'metric_segments',
      'params',
      'tags',
      'run_inputs',
      'run_input_tags',
    ] as const) {
      const runs = await server.db.read.selectFrom(table).select('run').where('tenant', '=', 1).execute()
      const known = await server.db.read.selectFrom('runs').select('run').where('tenant', '=', 1).execute()
      const numbers = new Set(known.map(({ run }) => String(run)))
      expect(
        runs.filter(({ run }) => !numbers.has(String(run))),
        table,
      ).toEqual([])
    }
  })
})
