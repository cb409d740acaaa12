import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('runs/log-inputs and runs/outputs on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const logInputs = (run_id: string, body: object) =>
    server.mlflow.post('/2.0/mlflow/runs/log-inputs', { run_id, ...body })
  const logOutputs = (run_id: string, body: object) =>
    server.mlflow.post('/2.0/mlflow/runs/outputs', { run_id, ...body })
  const read = async (run_id: string) => {
    const { inputs, outputs } = (await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run
    return { inputs, outputs }
  }
  const dataset = (name: string, more: object = {}) => ({
    dataset: { name, digest: 'd1', source_type: 'local', source: '/x', ...more },
  })

  test('datasets in the order of logging, with tags by key', async () => {
    const run_id = await server.given.run()
    const tags = [
      { key: 'mlflow.data.context', value: 'training' },
      { key: 'b', value: 'ü' },
    ]
    const answer = await logInputs(run_id, {
      datasets: [{ ...dataset('z', { schema: '{"s": 1}', profile: 'p' }), tags }, dataset('a')],
    })
    expect(answer).toMatchObject({ status: 200, text: '{}' })
    await logInputs(run_id, { datasets: [dataset('m', { schema: '', profile: '' })] })
    expect(await read(run_id)).toEqual({
      inputs: {
        dataset_inputs: [
          {
            tags: [tags[1], tags[0]],
            dataset: { name: 'z', digest: 'd1', source_type: 'local', source: '/x', schema: '{"s": 1}', profile: 'p' },
          },
          { dataset: { name: 'a', digest: 'd1', source_type: 'local', source: '/x' } },
          { dataset: { name: 'm', digest: 'd1', source_type: 'local', source: '/x' } },
        ],
      },
      outputs: {},
    })
  })

  test('the first description of a name and digest stays, also for other runs of the experiment', async () => {
    const experiment_id = await server.given.experiment()
    const [one, two] = [await server.given.run({ experiment_id }), await server.given.run({ experiment_id })]
    const elsewhere = await server.given.run()
    await logInputs(one, {
      datasets: [dataset('d'), { ...dataset('d', { source: '/second' }), tags: [{ key: 'late', value: '1' }] }],
    })
    await logInputs(one, {
      datasets: [{ ...dataset('d', { source: '/third' }), tags: [{ key: 'later', value: '2' }] }],
    })
    await logInputs(two, {
      datasets: [dataset('d', { source: '/fourth' }), dataset('d', { digest: 'd2', source: '/own' })],
    })
    await logInputs(elsewhere, { datasets: [dataset('d', { source: '/elsewhere' })] })
    const sources = async (run: string) =>
      (await read(run)).inputs.dataset_inputs.map((input: { dataset: { source: string } }) => input.dataset.source)
    expect(await sources(one)).toEqual(['/x'])
    expect((await read(one)).inputs.dataset_inputs[0]).not.toHaveProperty('tags')
    expect(await sources(two)).toEqual(['/x', '/own'])
    expect(await sources(elsewhere)).toEqual(['/elsewhere'])
  })

  test('missing parts are empty', async () => {
    const run_id = await server.given.run()
    await logInputs(run_id, {
      datasets: [{}, { tags: [{ key: 't' }] }, { dataset: { name: 'n' }, tags: [{ value: 'v' }] }],
    })
    expect((await read(run_id)).inputs.dataset_inputs).toEqual([
      { dataset: { name: '', digest: '', source_type: '', source: '' } },
      { dataset: { name: 'n', digest: '', source_type: '', source: '' }, tags: [{ key: '', value: 'v' }] },
    ])
  })

  test('1,500 datasets at once', async () => {
    const run_id = await server.given.run()
    const datasets = Array.from({ length: 1500 }, (_, index) => dataset(`d${index}`))
    expect((await logInputs(run_id, { datasets })).status).toBe(200)
    const names = (await read(run_id)).inputs.dataset_inputs.map(
      (input: { dataset: { name: string } }) => input.dataset.name,
    )
    expect(names).toEqual(datasets.map((input) => input.dataset.name))
  })

  test('runs that log the same new dataset at once all have it', async () => {
    const experiment_id = await server.given.experiment()
    const runs = await Promise.all(Array.from({ length: 8 }, () => server.given.run({ experiment_id })))
    const answers = await Promise.all(runs.map((run) => logInputs(run, { datasets: [dataset('shared')] })))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    for (const run of runs) expect((await read(run)).inputs.dataset_inputs).toHaveLength(1)
  })

  test('a tag twice on one dataset is refused, and nothing stored', async () => {
    const run_id = await server.given.run()
    const tags = [
      { key: 'k', value: '1' },
      { key: 'k', value: '2' },
    ]
    expect(await logInputs(run_id, { datasets: [dataset('first'), { ...dataset('d'), tags }] })).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    expect((await read(run_id)).inputs).toEqual({})
  })

  test.each([
    ['name', 500],
    ['digest', 36],
    ['source', 65_535],
    ['schema', 1_048_575],
  ])('%s has at most %d characters', async (field, limit) => {
    const run_id = await server.given.run({ experiment_id: await server.given.experiment() })
    const own = { name: 'n', digest: 'd' }
    expect(
      await logInputs(run_id, { datasets: [{ dataset: { ...own, [field]: 'x'.repeat(limit + 1) } }] }),
    ).toMatchObject({
      status: 400,
      body: { message: `'${field}' exceeds the maximum length of ${limit} characters` },
    })
    expect((await logInputs(run_id, { datasets: [{ dataset: { ...own, [field]: 'z'.repeat(limit) } }] })).status).toBe(
      200,
    )
    expect((await read(run_id)).inputs.dataset_inputs[0].dataset[field]).toBe('z'.repeat(limit))
  })

  test('profile has at most 16,777,215 characters', async () => {
    const { status, body } = await logInputs(await server.given.run(), {
      datasets: [dataset('d', { profile: 'x'.repeat(16_777_216) })],
    })
    expect(status).toBe(400)
    expect(body.message).toBe("'profile' exceeds the maximum length of 16777215 characters")
  })

  test.each([
    ['key', 255],
    ['value', 500],
  ])('a tag’s %s has at most %d characters', async (field, limit) => {
    const run_id = await server.given.run()
    const input = (length: number) => ({
      datasets: [{ ...dataset('d'), tags: [{ key: 'k', [field]: 'x'.repeat(length) }] }],
    })
    expect(await logInputs(run_id, input(limit + 1))).toMatchObject({
      status: 400,
      body: { message: `'${field}' exceeds the maximum length of ${limit} characters` },
    })
    expect((await logInputs(run_id, input(limit))).status).toBe(200)
  })

  test('model inputs are kept once each, and need not exist', async () => {
    const run_id = await server.given.run()
    await logInputs(run_id, { models: [{ model_id: 'm-2' }, { model_id: 'm-1' }, { model_id: 'm-2' }] })
    await logInputs(run_id, { models: [{ model_id: 'm-1' }, { model_id: 'm-0' }] })
    expect((await read(run_id)).inputs).toEqual({
      model_inputs: [{ model_id: 'm-0' }, { model_id: 'm-1' }, { model_id: 'm-2' }],
    })
  })

  test("an empty request changes nothing; AIDP's name dataset_inputs is read beside datasets", async () => {
    const run_id = await server.given.run()
    expect((await logInputs(run_id, {})).status).toBe(200)
    expect((await read(run_id)).inputs).toEqual({})
    const both = { datasets: [dataset('a')], dataset_inputs: [dataset('b')] }
    expect((await logInputs(run_id, both)).status).toBe(200)
    const names = (await read(run_id)).inputs.dataset_inputs.map(
      (input: { dataset: { name: string } }) => input.dataset.name,
    )
    expect(names).toEqual(['a', 'b'])
  })

  test('model outputs', async () => {
    const run_id = await server.given.run()
    const models = [{ model_id: 'm-2', step: 9007199254740993n }, { model_id: 'm-1' }]
    expect(await logOutputs(run_id, { models })).toMatchObject({ status: 200, text: '{}' })
    expect((await logOutputs(run_id, { models: [] })).status).toBe(200)
    const outputs = {
      model_outputs: [
        { model_id: 'm-1', step: 0 },
        { model_id: 'm-2', step: 9007199254740993n },
      ],
    }
    expect(await read(run_id)).toEqual({ inputs: {}, outputs })
    for (const repeated of [
      [{ model_id: 'm-3' }, { model_id: 'm-1', step: 5 }],
      [{ model_id: 'm-4' }, { model_id: 'm-4' }],
    ]) {
      expect(await logOutputs(run_id, { models: repeated })).toMatchObject({
        status: 400,
        body: { error_code: 'BAD_REQUEST' },
      })
    }
    expect((await read(run_id)).outputs).toEqual(outputs)
    for (const missing of [{}, { models: null }, { models: '' }]) {
      expect(await logOutputs(run_id, missing)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("Missing value for required parameter 'models'") },
      })
    }
  })

  test('runs that are unknown or deleted', async () => {
    const run_id = await server.given.run()
    for (const log of [logInputs, logOutputs]) {
      expect(await log('nope', { models: [] })).toMatchObject({
        status: 404,
        body: { message: 'Run with id=nope not found' },
      })
    }
    expect(await logInputs('a/b', {})).toMatchObject({
      status: 400,
      body: { message: 'Invalid value "a/b" for parameter \'run_id\' supplied.' },
    })
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id })
    for (const log of [logInputs, logOutputs]) {
      expect(await log(run_id, { models: [{ model_id: 'm-1' }] })).toMatchObject({
        status: 400,
        body: { message: `The run ${run_id} must be in the 'active' state. Current state is deleted.` },
      })
    }
  })

  test.each([
    [{ datasets: {} }, 'datasets'],
    [{ datasets: [{ dataset: { name: 5 } }] }, 'datasets[0].dataset.name'],
    [{ models: [{ model_id: [] }] }, 'models[0].model_id'],
  ])('a value of the wrong type is refused: %j', async (body, field) => {
    const answer = await logInputs(await server.given.run(), body)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(`'${field}'`)
  })
})
