import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/registered-models'
const versions = '/2.0/mlflow/model-versions'
const seeDocs = 'See the API docs for more information about request parameters.'

describe.each(databases)('registered models on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  let number = 0
  const given = async (fields: object = {}): Promise<string> => {
    const name = `model ${++number}`
    const answer = await server.mlflow.post(`${path}/create`, { name, ...fields })
    expect(answer.status, answer.text).toBe(200)
    return answer.body.registered_model.name
  }
  const read = async (name: string) => (await server.mlflow.get(`${path}/get`, { name })).body.registered_model
  const version = (name: string, fields: object = {}) =>
    server.mlflow.post(`${versions}/create`, { name, source: 's3://bucket/model', ...fields })
  const message = async (answer: Promise<{ status: number; body: { message: string } }>) => {
    const { status, body } = await answer
    return [status, body.message]
  }

  test('a new model has what it was given, and the last of a repeated tag', async () => {
    const tags = [{ key: 'b', value: '1' }, { key: 'a' }, { key: 'b', value: '2' }]
    const created = await server.mlflow.post(`${path}/create`, { name: 'whole', description: 'ü', tags })
    expect(created.status).toBe(200)
    const model = created.body.registered_model
    expect(Math.abs(model.creation_timestamp - Date.now())).toBeLessThan(60_000)
    expect(model).toEqual({
      name: 'whole',
      creation_timestamp: model.creation_timestamp,
      last_updated_timestamp: model.creation_timestamp,
      description: 'ü',
      tags: [
        { key: 'a', value: '' },
        { key: 'b', value: '2' },
      ],
    })
    expect((await server.mlflow.get(`${path}/get`, { name: 'whole' })).text).toBe(created.text)
  })

  test('an empty description is not shown; a deployment job is shown to AIDP clients alone', async () => {
    const name = await given({ description: '', deployment_job_id: 'job 7' })
    expect(await read(name)).not.toHaveProperty('description')
    expect(await read(name)).not.toHaveProperty('deployment_job_id')
    const aidp = await server.platform.get(`${path}/get`, { name })
    expect(aidp.body.registered_model).toMatchObject({ deployment_job_id: 'job 7' })
    expect(aidp.headers['etag']).toBe('"1"')
  })

  test.each([
    [' ', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ['x'.repeat(257), "'name' exceeds the maximum length of 256 characters"],
    [
      '..',
      `Invalid value ".." for parameter 'name' supplied: Names may be treated as files in certain cases, and must not ` +
        "resolve to other names when treated as such. This name would resolve to '..'",
    ],
  ])('refuses the name %j', async (name, text) => {
    expect(await message(server.mlflow.post(`${path}/create`, { name }))).toEqual([400, text])
  })

  test.each(['a%b', 'a b ', 'ünï', 'line\nbreak', 'a..b', '-', 'x'.repeat(256)])('takes the name %j', async (name) => {
    expect((await server.mlflow.post(`${path}/create`, { name })).status).toBe(200)
    expect((await read(name)).name).toBe(name)
  })

  test('AIDP names have 255 characters and no control characters', async () => {
    for (const name of ['x'.repeat(256), 'line\nbreak']) {
      const answer = await server.platform.post(`${path}/create`, { name })
      expect([answer.status, answer.body.code]).toEqual([400, 'InvalidParameter'])
    }
  })

  test('refuses bad tags', async () => {
    const create = (tags: object[]) => message(server.mlflow.post(`${path}/create`, { name: 'bad tags', tags }))
    expect(await create([{ key: 'k'.repeat(251) }])).toEqual([
      400,
      "'key' exceeds the maximum length of 250 characters",
    ])
    expect(await create([{ key: 'k', value: 'v'.repeat(100_001) }])).toEqual([
      400,
      "'value' exceeds the maximum length of 100000 characters",
    ])
    expect((await create([{ key: '$' }]))[0]).toBe(400)
    expect((await create([{ value: 'no key' }]))[0]).toBe(400)
    expect((await server.mlflow.get(`${path}/get`, { name: 'bad tags' })).status).toBe(404)
  })

  test('prompts and models share one space of names', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'false' }]
    const prompt = await given({ tags })
    const model = await given()
    const create = (name: string, fields: object = {}) => server.mlflow.post(`${path}/create`, { name, ...fields })
    const rule = 'MLflow does not allow creating a model and a prompt with the same name.'
    expect(await message(create(model))).toEqual([400, `Registered Model (name=${model}) already exists.`])
    expect(await message(create(prompt, { tags }))).toEqual([400, `Prompt (name=${prompt}) already exists.`])
    expect(await message(create(prompt))).toEqual([
      400,
      `Tried to create a registered model with name '${prompt}', but the name is already taken by a prompt. ${rule}`,
    ])
    const taken = await create(model, { tags })
    expect(taken.body).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: `Tried to create a prompt with name '${model}', but the name is already taken by a registered model. ${rule}`,
    })
    const aidp = await server.platform.post(`${path}/create`, { name: model })
    expect([aidp.status, aidp.body.code]).toEqual([409, 'NotAuthorizedOrResourceAlreadyExists'])
  })

  test('of many who create one name at once, one succeeds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.mlflow.post(`${path}/create`, { name: 'wanted' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400, 400, 400])
  })

  test('update sets the description and clears an absent one, by both verbs', async () => {
    const name = await given({ description: 'first' })
    const before = await read(name)
    const updated = await server.mlflow.patch(`${path}/update`, { name, description: 'second' })
    expect(updated.body.registered_model.description).toBe('second')
    expect(updated.body.registered_model.last_updated_timestamp).toBeGreaterThanOrEqual(before.last_updated_timestamp)
    expect(await read(name)).toEqual(updated.body.registered_model)
    const posted = await server.platform.post(`${path}/update`, { name, deployment_job_id: 'job' })
    expect(posted.headers['etag']).toBe('"3"')
    expect(posted.body.registered_model).toMatchObject({ name, deployment_job_id: 'job' })
    expect(await read(name)).not.toHaveProperty('description')
    expect(await message(server.mlflow.patch(`${path}/update`, { name: 'nobody' }))).toEqual([
      404,
      'Registered Model with name=nobody not found',
    ])
    const long = await server.platform.post(`${path}/update`, { name, description: 'x'.repeat(5001) })
    expect([long.status, long.body.code]).toEqual([400, 'InvalidParameter'])
  })

  test('rename takes versions, tags and aliases along, and frees the old name', async () => {
    const name = await given({ tags: [{ key: 'k', value: 'v' }] })
    await version(name)
    await server.mlflow.post(`${path}/alias`, { name, alias: 'champion', version: '1' })
    const renamed = await server.mlflow.post(`${path}/rename`, { name, new_name: 'renamed' })
    const model = renamed.body.registered_model
    expect(model).toMatchObject({
      name: 'renamed',
      tags: [{ key: 'k', value: 'v' }],
      aliases: [{ alias: 'champion', version: '1' }],
      latest_versions: [{ name: 'renamed', version: '1', last_updated_timestamp: model.last_updated_timestamp }],
    })
    expect((await server.mlflow.get(`${path}/get`, { name })).status).toBe(404)
    expect((await server.mlflow.post(`${path}/create`, { name })).status).toBe(200)
  })

  test('rename is refused for a taken name, without a new name, for unknown models', async () => {
    const [name, other] = [await given(), await given()]
    const rename = (body: object) => server.mlflow.post(`${path}/rename`, body)
    const taken = await rename({ name, new_name: other })
    expect([taken.status, taken.body.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS'])
    const aidp = await server.platform.post(`${path}/rename`, { name, new_name: other })
    expect([aidp.status, aidp.body.code]).toEqual([409, 'Conflict'])
    expect(await message(rename({ name }))).toEqual([
      400,
      `Missing value for required parameter 'new_name'. ${seeDocs}`,
    ])
    expect(await message(rename({ name, new_name: ' ' }))).toEqual([
      400,
      "Missing value for required parameter 'new_name'.",
    ])
    const missing = await server.platform.post(`${path}/rename`, { name })
    expect([missing.status, missing.body.code]).toEqual([400, 'MissingParameter'])
    expect((await rename({ name: 'nobody', new_name: other })).status).toBe(404)
    expect((await rename({ name, new_name: 'a/b' })).status).toBe(400)
    expect((await read(name)).name).toBe(name)
  })

  test('rename to the same name touches the model for MLflow, and nothing for AIDP', async () => {
    const name = await given()
    const aidp = await server.platform.post(`${path}/rename`, { name, new_name: name })
    expect(aidp.status).toBe(200)
    expect((await server.platform.get(`${path}/get`, { name })).headers['etag']).toBe('"1"')
    expect((await server.mlflow.post(`${path}/rename`, { name, new_name: name })).status).toBe(200)
    expect((await server.platform.get(`${path}/get`, { name })).headers['etag']).toBe('"2"')
  })

  test('if-match guards a change', async () => {
    const name = await given()
    const update = (etag: string) =>
      server.http.inject({
        method: 'POST',
        url: `/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/mlops/api${path}/update`,
        payload: { name, description: etag },
        headers: { 'if-match': etag, 'content-type': 'application/json' },
      })
    expect((await update('"9"')).statusCode).toBe(412)
    expect((await update('"1"')).statusCode).toBe(200)
    expect((await read(name)).description).toBe('"1"')
  })

  test('delete takes everything, and the next model of the name starts anew', async () => {
    const name = await given({ tags: [{ key: 'k', value: 'v' }] })
    await version(name, { tags: [{ key: 'k', value: 'v' }] })
    await version(name)
    await server.mlflow.post(`${path}/alias`, { name, alias: 'champion', version: '1' })
    expect(await server.mlflow.delete(`${path}/delete`, { name })).toMatchObject({ status: 200, body: {} })
    expect(await message(server.mlflow.delete(`${path}/delete`, { name }))).toEqual([
      404,
      `Registered Model with name=${name} not found`,
    ])
    expect((await server.mlflow.get(`${versions}/search`, { filter: `name = '${name}'` })).body).toEqual({})
    await server.mlflow.post(`${path}/create`, { name })
    expect(await read(name)).not.toHaveProperty('tags')
    expect((await version(name)).body.model_version.version).toBe('1')
    const posted = await server.platform.post(`${path}/delete`, { name })
    expect([posted.status, posted.body]).toEqual([200, {}])
    expect(posted.headers['etag']).toMatch(/^"\d+"$/)
  })

  test('latest versions: the newest of each stage, in the model without aliases, alone with them', async () => {
    const name = await given()
    for (let count = 0; count < 4; count++) await version(name)
    const stage = (number: string, to: string) =>
      server.mlflow.post(`${versions}/transition-stage`, { name, version: number, stage: to })
    await stage('1', 'Production')
    await stage('2', 'Archived')
    await server.mlflow.post(`${path}/alias`, { name, alias: 'old', version: '1' })
    const model = await read(name)
    expect(model.latest_versions.map((one: Record<string, unknown>) => [one['version'], one['current_stage']])).toEqual(
      [
        ['1', 'Production'],
        ['2', 'Archived'],
        ['4', 'None'],
      ],
    )
    expect(model.latest_versions[0]).not.toHaveProperty('aliases')
    const latest = async (stages: string[]) => {
      const byPost = await server.mlflow.post(`${path}/get-latest-versions`, { name, stages })
      const byGet = await server.mlflow.get(`${path}/get-latest-versions`, { name, stages })
      expect(byGet.text).toBe(byPost.text)
      return byPost.body.model_versions ?? byPost.body
    }
    expect(await latest([])).toHaveLength(3)
    expect(await latest(['production', 'PRODUCTION'])).toMatchObject([{ version: '1', aliases: ['old'] }])
    expect(await latest(['Staging'])).toEqual({})
    const ask = (body: object) => message(server.mlflow.post(`${path}/get-latest-versions`, body))
    expect(await ask({ name, stages: ['foo'] })).toEqual([
      400,
      'Invalid Model Version stage: foo. Value must be one of None, Staging, Production, Archived.',
    ])
    expect((await ask({ name: 'nobody', stages: ['foo'] }))[0]).toBe(404)
  })
})
