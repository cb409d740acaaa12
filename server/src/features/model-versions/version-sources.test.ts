import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/model-versions'

describe.each(databases)('sources of model versions on %s', (engine) => {
  let server: TestServer
  let ids: Record<'run' | 'other' | 'model' | 'orphan' | 'local' | 'gone', string>
  beforeAll(async () => {
    server = await startTestServer(engine)
    const run = await server.given.run()
    const other = await server.given.run()
    const localExperiment = await server.given.experiment({ artifact_location: '/data/files' })
    const local = await server.given.run({ experiment_id: localExperiment })
    const model = async (fields: object) =>
      (await server.mlflow.post('/2.0/mlflow/logged-models', { experiment_id: '0', name: 'm', ...fields })).body.model
        .info.model_id as string
    ids = {
      run,
      other,
      local,
      model: await model({ source_run_id: run }),
      orphan: await model({}),
      gone: await model({}),
    }
    await server.mlflow.delete(`/2.0/mlflow/logged-models/${ids.gone}`)
    await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'M' })
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'P', tags })
    await server.mlflow.post(`${path}/create`, { name: 'P', source: 'prompt-template', tags })
    await server.mlflow.post(`${path}/create`, { name: 'M', source: 's3://origin/x', run_id: 'free' })
    await server.mlflow.post('/2.0/mlflow/registered-models/alias', { name: 'M', alias: 'al', version: '1' })
    await server.mlflow.post(`${path}/transition-stage`, { name: 'M', version: '1', stage: 'Staging' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** `{run}` and its like in a text stand for ids. */
  const filled = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, id: keyof typeof ids) => ids[id])
  const create = (fields: object) => {
    const texts = Object.entries(fields).map(([key, value]) => [key, filled(String(value))])
    return server.mlflow.post(`${path}/create`, { name: 'M', ...Object.fromEntries(texts) })
  }
  const uriOf = async (version: string) =>
    (await server.mlflow.get(`${path}/get-download-uri`, { name: 'M', version })).body.artifact_uri

  // As the real server answers: source, run and files of the version.
  test.each([
    [{ source: 's3://b/x' }, 's3://b/x', '', 's3://b/x'],
    [{ source: 's3://b/a//b/' }, 's3://b/a//b/', '', 's3://b/a//b/'],
    [{ source: 's3://b/a+b ü' }, 's3://b/a+b ü', '', 's3://b/a+b ü'],
    [{ source: 'gs://b/x#f', run_id: 'free' }, 'gs://b/x#f', 'free', 'gs://b/x#f'],
    [{ source: 'dbfs:/x' }, 'dbfs:/x', '', 'dbfs:/x'],
    [{ source: 'C:/x' }, 'C:/x', '', 'C:/x'],
    [{ source: 's3://b/x', model_id: '{model}' }, 's3://b/x', '{run}', 's3://b/x'],
    [{ source: 'runs:/{run}/m', run_id: '{run}' }, 'runs:/{run}/m', '{run}', 'runs:/{run}/m'],
    [{ source: 'runs:/{run}', run_id: '{run}' }, 'runs:/{run}', '{run}', 'runs:/{run}'],
    [
      { source: 'mlflow-artifacts:/0/{run}/artifacts/m', run_id: '{run}' },
      'mlflow-artifacts:/0/{run}/artifacts/m',
      '{run}',
      'mlflow-artifacts:/0/{run}/artifacts/m',
    ],
    [
      { source: 'mlflow-artifacts:/0/models/{model}/artifacts', model_id: '{model}' },
      'mlflow-artifacts:/0/models/{model}/artifacts',
      '{run}',
      'mlflow-artifacts:/0/models/{model}/artifacts',
    ],
    [
      { source: 'models:/{model}', model_id: '{model}' },
      'models:/{model}',
      '{run}',
      'mlflow-artifacts:/0/models/{model}/artifacts',
    ],
    [
      { source: 'models:/{orphan}', model_id: '{orphan}', run_id: '{other}' },
      'models:/{orphan}',
      '{other}',
      'mlflow-artifacts:/0/models/{orphan}/artifacts',
    ],
    [
      { source: '/data/files/{local}/artifacts/m', run_id: '{local}' },
      '/data/files/{local}/artifacts/m',
      '{local}',
      '',
    ],
    [
      { source: 'file:///data/files/{local}/artifacts/a/../m', run_id: '{local}' },
      'file:///data/files/{local}/artifacts/a/../m',
      '{local}',
      '',
    ],
    [{ source: 'models:/M/1' }, 'models:/M/1', 'free', 's3://origin/x'],
    [{ source: 'models:/M/1', run_id: 'free' }, 'models:/M/1', 'free', 's3://origin/x'],
    [{ source: 'models:/M@al' }, 'models:/M/1', 'free', 's3://origin/x'],
    [{ source: 'models:/M/STAGING' }, 'models:/M/1', 'free', 's3://origin/x'],
  ])('%j is taken', async (fields, source, run_id, files) => {
    const answer = await create(fields)
    expect(answer.status, answer.text).toBe(200)
    const { model_version } = answer.body
    expect(model_version).toMatchObject({ source: filled(source), run_id: filled(run_id) })
    expect(await uriOf(model_version.version)).toBe(filled(files || source))
  })

  test('the latest version is that with the highest number', async () => {
    const { version } = (await create({ source: 's3://latest/x' })).body.model_version
    for (const source of ['models:/M/latest', 'models:/M@LATEST']) {
      const copy = (await create({ source })).body.model_version
      expect(copy.source).toBe(source.endsWith('latest') ? `models:/M/${version}` : `models:/M/${Number(version) + 1}`)
      expect(await uriOf(copy.version)).toBe('s3://latest/x')
    }
  })

  test('a copy of a copy has the files and the logged model of the first', async () => {
    const first = (await create({ source: 'models:/{model}', model_id: '{model}' })).body.model_version
    const copy = (await create({ source: `models:/M/${first.version}` })).body.model_version
    const again = (await create({ source: `models:/M/${copy.version}` })).body.model_version
    expect(await uriOf(again.version)).toBe(`mlflow-artifacts:/0/models/${ids.model}/artifacts`)
    expect(again.run_id).toBe(ids.run)
    const other = await create({ source: `models:/M/${copy.version}`, model_id: '{orphan}' })
    expect(other.body.message).toContain('The run_id and model_id request parameters must match')
    expect(await registrations()).toEqual(expect.arrayContaining([first, copy, again].map(named)))
  })

  const named = ({ version }: { version: string }) => ({ name: 'M', version: Number(version) })
  const registrations = async () => {
    const { tags } = (await server.mlflow.get(`/2.0/mlflow/logged-models/${ids.model}`)).body.model.info
    return JSON.parse(tags.find(({ key }: { key: string }) => key === 'mlflow.modelVersions').value)
  }

  const runMust = 'The run_id request parameter must identify the resource that contains the source.'
  const modelMust = 'The model_id request parameter must identify the resource that contains the source.'
  const runLocal = 'To use a local path as a model version source, the run_id request parameter has to be specified'
  const relative = 'an absolute path must be provided without relative path references present.'

  // As the real server refuses them.
  test.each([
    [{ source: 'runs:/{run}/m' }, 400, runMust],
    [{ source: 'runs:/{run}/m', run_id: '{other}' }, 400, runMust],
    [{ source: 'runs:/{run}/m', model_id: '{model}' }, 400, modelMust],
    [{ source: 'runs://{run}/m', run_id: '{run}' }, 400, runMust],
    [{ source: 'runs:{run}', run_id: '{run}' }, 400, relative],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/m' }, 400, runMust],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/m', run_id: '{other}' }, 400, runMust],
    [{ source: 'mlflow-artifacts:/0/{run}/x', run_id: '{run}' }, 400, runMust],
    [{ source: 'mlflow-artifacts:/0/{run}/artifactsx', run_id: '{run}' }, 400, runMust],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/m', run_id: 'none' }, 400, runMust],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/../../x', run_id: '{run}' }, 400, relative],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/%2e%2e/x', run_id: '{run}' }, 400, relative],
    [{ source: 'mlflow-artifacts:/0/{run}/artifacts/%25252e%25252e/x', run_id: '{run}' }, 400, relative],
    [{ source: 'mlflow-artifacts:/0/models/{model}/artifacts', model_id: '{orphan}' }, 400, modelMust],
    [{ source: 'mlflow-artifacts:/0/models/{gone}/artifacts', model_id: '{gone}' }, 400, modelMust],
    [{ source: 'mlflow-artifacts://h/x', run_id: '{run}' }, 400, "'source' cannot use the 'mlflow-artifacts' scheme"],
    [{ source: 'http://h/x' }, 400, "'source' cannot use the 'http' scheme"],
    [{ source: 'HTTPS://h/api/2.0/mlflow-artifacts/artifacts/0' }, 400, "'source' cannot use the 'https' scheme"],
    [{ source: 'ftp://h/x' }, 400, "'source' cannot use the 'ftp' scheme"],
    [{ source: 'hdfs:/x' }, 400, "'source' cannot use the 'hdfs' scheme"],
    [{ source: 'abfss://c@h/x' }, 400, "'source' cannot use the 'abfss' scheme"],
    [{ source: '/elsewhere/x' }, 400, runLocal],
    [{ source: '/elsewhere/x', run_id: '{run}' }, 400, runLocal],
    [{ source: '/data/files/{local}/artifacts/../x', run_id: '{local}' }, 400, runLocal],
    [{ source: '/data/files/{local}/artifactsx', run_id: '{local}' }, 400, runLocal],
    [{ source: 'file:///data/files/{local}/artifacts/%2e%2e/x', run_id: '{local}' }, 400, runLocal],
    [{ source: '/elsewhere/x', run_id: 'none' }, 400, runMust],
    [{ source: '/elsewhere/x', model_id: '{model}' }, 400, 'the model_id request parameter has to be specified'],
    [{ source: 'plain' }, 400, runLocal],
    [{ source: '  ' }, 400, runLocal],
    [{ source: 'prompt-template' }, 400, runLocal],
    [{ source: 'file://host/x' }, 500, 'file://host/x is not a valid remote uri.'],
    [{ source: 's3://b' }, 400, relative],
    [{ source: 's3:b/x' }, 400, relative],
    [{ source: 's3://b/a/./b' }, 400, relative],
    [{ source: 's3://b/../x' }, 400, relative],
    [{ source: 's3://b/x?a=/../b' }, 400, "'source' must not hold a query."],
    [{ source: 's3://b/%00' }, 400, relative],
    [{ source: 'unknown:x/y' }, 400, relative],
    [{ source: 's3://b/x', model_id: 'm-none' }, 404, "Logged model with ID 'm-none' not found."],
    [{ source: 's3://b/x', model_id: '{gone}', run_id: 'r' }, 404, "Logged model with ID '{gone}' not found."],
    [{ source: 'models:/{model}' }, 400, modelMust],
    [{ source: 'models:/{model}', model_id: '{orphan}' }, 400, modelMust],
    [{ source: 'models:/{gone}', model_id: '{gone}' }, 500, "'models:/{gone}'.Error: Logged model with ID '{gone}'"],
    [{ source: 'models:/' }, 400, modelMust],
    [{ source: 'models:/M' }, 400, modelMust],
    [{ source: 'models:M/1' }, 400, modelMust],
    [{ source: 'models:/M/1/2' }, 400, modelMust],
    [{ source: 'models:/M@' }, 400, modelMust],
    [{ source: 'models:///M/' }, 400, modelMust],
    [{ source: 'models://h/M/1' }, 400, 'Registered model sources must use the active model registry.'],
    [{ source: 'models:/M/99' }, 404, 'Model Version (name=M, version=99) not found'],
    [{ source: 'models:/nobody/1' }, 404, 'Registered Model with name=nobody not found'],
    [{ source: 'models:/M@nobody' }, 400, 'Registered model alias nobody not found.'],
    [{ source: 'models:/M/nostage' }, 400, 'Invalid Model Version stage: nostage.'],
    [{ source: 'models:/M/Production' }, 500, "No versions of model with name 'M' and stage 'Production' found"],
    [{ source: 'models:/P/1' }, 400, 'Prompt versions cannot be used as model version sources.'],
    [{ source: 'models:/M/1', run_id: 'other' }, 400, 'parameters must match the referenced model version.'],
    [{ source: 'models:/M/1', model_id: '{model}' }, 400, 'parameters must match the referenced model version.'],
  ])('%j is refused', async (fields, status, message) => {
    const answer = await create(fields)
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body.message).toContain(filled(message))
  })

  test('files of a version are downloaded from where they were logged', async () => {
    const put = (where: string) =>
      server.http.inject({
        method: 'PUT',
        url: `/api/2.0/mlflow-artifacts/artifacts/0/${where}/d/MLmodel`,
        payload: 'flavors',
      })
    expect((await put(`models/${ids.model}/artifacts`)).statusCode).toBe(200)
    expect((await put(`${ids.run}/artifacts/m`)).statusCode).toBe(200)
    const get = (query: string) => server.http.inject({ url: `/model-versions/get-artifact${query}` })
    for (const fields of [
      { source: 'models:/{model}', model_id: '{model}' },
      { source: 'runs:/{run}/m', run_id: '{run}' },
    ]) {
      const { version } = (await create(fields)).body.model_version
      const file = await get(`?name=M&version=${version}&path=d/MLmodel`)
      expect(file).toMatchObject({ statusCode: 200, body: 'flavors' })
      expect(file.headers['content-disposition']).toContain('MLmodel')
      expect((await get(`?name=M&version=${version}&path=d`)).statusCode).toBe(400)
      expect((await get(`?name=M&version=${version}&path=none`)).statusCode).toBe(404)
    }
    // The path is looked at first, then name and version.
    expect((await get('?path=../x')).json()).toMatchObject({ message: 'Invalid path' })
    expect((await get('?name=nobody&version=1&path=..%2fx')).json()).toMatchObject({ message: 'Invalid path' })
    expect((await get('?path=x')).json()).toMatchObject({ message: "Missing value for required parameter 'name'." })
    expect((await get('?name=M&path=x')).statusCode).toBe(400)
    expect((await get('?name=M&version=1')).statusCode).toBe(400)
    expect((await get('?name=M&version=1000&path=x')).statusCode).toBe(404)
    expect((await get('?name=M&version=1&path=x')).json().message).toContain("does not serve artifacts at 's3://")
  })
})

test.each(databases)('the whole source of a version must match the pattern of the operator on %s', async (engine) => {
  await using server = await startTestServer(engine, ['--model-source-pattern', 's3://models/.*'])
  const run_id = await server.given.run()
  await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'M' })
  const create = (source: string) => server.mlflow.post(`${path}/create`, { name: 'M', source, run_id })
  expect((await create('s3://models/a')).status).toBe(200)
  for (const source of ['s3://other/a', 's3://other/s3://models/a', 's3://models', `runs:/${run_id}/m`]) {
    expect(await create(source), source).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: `Invalid model version source: '${source}'.` },
    })
  }
  const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
  await server.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'P', tags })
  const prompt = await server.mlflow.post(`${path}/create`, { name: 'P', source: 'prompt-template', tags })
  expect(prompt.status, prompt.text).toBe(200)
})
