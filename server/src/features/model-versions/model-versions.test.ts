import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/model-versions'
const notFound = { error_code: 'RESOURCE_DOES_NOT_EXIST' }
const invalid = { error_code: 'INVALID_PARAMETER_VALUE' }

describe.each(databases)('model versions on %s', (engine) => {
  let server: TestServer
  let count = 0
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const post = (operation: string, body: object) => server.mlflow.post(`${path}/${operation}`, body)
  const givenModel = async () => {
    const name = `model ${++count}`
    expect((await server.mlflow.post('/2.0/mlflow/registered-models/create', { name })).status).toBe(200)
    return name
  }
  const givenVersion = async (name: string, fields: object = {}) => {
    const answer = await post('create', { name, source: 's3://bucket/x', ...fields })
    expect(answer.status, answer.text).toBe(200)
    return answer.body.model_version
  }
  const read = (name: string, version: string) => server.mlflow.get(`${path}/get`, { name, version })
  const stageOf = async (name: string, version: string) => (await read(name, version)).body.model_version.current_stage
  const events = async (name: string) => {
    const { rows } = await sql<{ kind: string; version: number | null; text: string }>`select kind, version,
      coalesce(key, '') || ':' || coalesce(old_value, '-') || '>' || coalesce(new_value, '-') as text
      from registry_events where tenant = 1 and name = ${name} order by event`.execute(server.db.lookup)
    return rows.map(({ kind, version, text }) => `${kind} ${version} ${text}`)
  }

  test('are created and read with what MLflow shows of them', async () => {
    const name = await givenModel()
    const tags = [
      { key: 'b', value: '1' },
      { key: 'a', value: 'é' },
      { key: 'b', value: '2' },
    ]
    const created = await givenVersion(name, { run_id: 'any text', run_link: 'http://l', description: 'd', tags })
    expect(created).toEqual({
      name,
      version: '1',
      creation_timestamp: created.creation_timestamp,
      last_updated_timestamp: created.creation_timestamp,
      current_stage: 'None',
      description: 'd',
      source: 's3://bucket/x',
      run_id: 'any text',
      status: 'READY',
      run_link: 'http://l',
      tags: [
        { key: 'a', value: 'é' },
        { key: 'b', value: '2' },
      ],
    })
    expect((await read(name, '1')).body.model_version).toEqual(created)
    for (const same of ['01', ' 1 ', '+1']) expect((await read(name, same)).body.model_version).toEqual(created)
    const bare = await givenVersion(name)
    expect(bare).toMatchObject({ version: '2', description: '', run_id: '', run_link: '' })
    expect(bare).not.toHaveProperty('tags')
    const { body } = await server.mlflow.get('/2.0/mlflow/registered-models/get', { name })
    expect(body.registered_model.last_updated_timestamp).toBe(bare.creation_timestamp)
    expect((await events(name)).slice(1)).toEqual(['model_version.created 1 :->-', 'model_version.created 2 :->-'])
  })

  test('have numbers that are never used again', async () => {
    const name = await givenModel()
    await givenVersion(name)
    await givenVersion(name)
    expect((await server.mlflow.delete(`${path}/delete`, { name, version: '2' })).body).toEqual({})
    expect(await givenVersion(name)).toMatchObject({ version: '3' })
  })

  test('get different numbers when they are created at the same time', async () => {
    const name = await givenModel()
    const created = await Promise.all(Array.from({ length: 50 }, () => givenVersion(name)))
    expect(new Set(created.map(({ version }) => version)).size).toBe(50)
    expect(await givenVersion(name)).toMatchObject({ version: '51' })
  })

  test.each([
    ['an unknown model', { name: 'nobody' }, 404, 'Registered Model with name=nobody not found'],
    ['a name with a slash', { name: 'a/b' }, 400, "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a blank name', { name: ' ' }, 400, "Missing value for required parameter 'name'."],
    ['a tag without key', { tags: [{ value: 'x' }] }, 400, `Invalid value "" for parameter 'key' supplied`],
    ['a bad tag key', { tags: [{ key: 'a\tb' }] }, 400, `Invalid value "a\\tb" for parameter 'key' supplied`],
    ['a long tag key', { tags: [{ key: 'k'.repeat(251) }] }, 400, "'key' exceeds the maximum length of 250 characters"],
    ['a long tag', { tags: [{ key: 'k', value: 'v'.repeat(100_001) }] }, 400, "'value' exceeds the maximum length"],
    [
      'a long prompt',
      { tags: [{ key: 'mlflow.prompt.text', value: 'v'.repeat(100_001) }] },
      400,
      'Prompt text exceeds max length of 100000 characters.',
    ],
    ['a long source', { source: `s3://b/${'x'.repeat(5000)}` }, 400, "'source' exceeds the maximum length"],
    ['a long run id', { run_id: 'x'.repeat(300) }, 400, "'run_id' exceeds the maximum length"],
    ['a long description', { description: 'x'.repeat(70_000) }, 400, "'description' exceeds the maximum length"],
    [
      'very many tags',
      { tags: Array.from({ length: 1001 }, (_, index) => ({ key: `k${index}` })) },
      400,
      "'tags' may have at most 1000 members",
    ],
  ])('are not created with %s', async (_what, fields, status, message) => {
    const name = await givenModel()
    const answer = await post('create', { name, source: 's3://bucket/x', ...fields })
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body).toMatchObject(status === 404 ? notFound : invalid)
    expect(answer.body.message).toContain(message)
    expect(await givenVersion(name)).toMatchObject({ version: '1' })
  })

  test('that are unknown are missed by every operation', async () => {
    const name = await givenModel()
    await givenVersion(name)
    for (const [model, version] of [
      [name, '2'],
      [name, '0'],
      [name, '-1'],
      [name, '99999999999'],
      ['nobody', '1'],
    ]) {
      const message = `Model Version (name=${model}, version=${version}) not found`
      const named = { name: model, version }
      const answers = await Promise.all([
        server.mlflow.get(`${path}/get`, named as never),
        server.mlflow.get(`${path}/get-download-uri`, named as never),
        server.mlflow.patch(`${path}/update`, named),
        server.mlflow.delete(`${path}/delete`, named),
        post('transition-stage', { ...named, stage: 'Staging' }),
        post('set-tag', { ...named, key: 'k', value: 'v' }),
        server.mlflow.delete(`${path}/delete-tag`, { ...named, key: 'k' }),
        server.mlflow.post('/2.0/mlflow/internal/model-versions/update-tags', named),
      ])
      for (const answer of answers) {
        expect(answer.status, answer.text).toBe(404)
        expect(answer.body).toMatchObject({ ...notFound, message })
      }
    }
    for (const version of ['abc', '1.0', '1 0', '']) {
      const answer = await server.mlflow.get(`${path}/get-download-uri`, { name, version })
      expect(answer.body).toMatchObject({
        ...invalid,
        message: `Parameter 'version' must be an integer, got '${version}'.`,
      })
    }
    expect((await server.mlflow.get(`${path}/get-download-uri`)).body).toMatchObject({
      message: "Missing value for required parameter 'name'.",
    })
    const number = await server.mlflow.patch(`${path}/update`, { name, version: 1 })
    expect(number.body).toMatchObject(invalid)
    expect(number.body.message).toContain("Invalid value 1 for parameter 'version' supplied")
  })

  test('are described, and an absent description takes the old one away', async () => {
    const name = await givenModel()
    const before = await givenVersion(name, { description: 'old' })
    const model = (await server.mlflow.get('/2.0/mlflow/registered-models/get', { name })).body.registered_model
    const update = (fields: object) => server.mlflow.patch(`${path}/update`, { name, version: '1', ...fields })
    const described = (await update({ description: 'new' })).body.model_version
    expect(described.description).toBe('new')
    expect(described.last_updated_timestamp).toBeGreaterThanOrEqual(before.last_updated_timestamp)
    expect((await update({})).body.model_version).not.toHaveProperty('description')
    expect((await update({ description: '' })).body.model_version.description).toBe('')
    expect(
      (await server.mlflow.get('/2.0/mlflow/registered-models/get', { name })).body.registered_model
        .last_updated_timestamp,
    ).toBe(model.last_updated_timestamp)
    expect((await events(name)).slice(2)).toEqual([
      'model_version.updated 1 :old>new',
      'model_version.updated 1 :new>-',
      'model_version.updated 1 :->',
    ])
  })

  test('move between stages, and others of the stage can be archived', async () => {
    const name = await givenModel()
    for (let version = 1; version <= 4; version++) await givenVersion(name)
    const move = (version: string, stage: string, archive?: boolean) =>
      post('transition-stage', { name, version, stage, archive_existing_versions: archive })
    expect((await move('1', 'staging')).body.model_version.current_stage).toBe('Staging')
    await move('2', 'PRODUCTION')
    await move('3', 'Staging')
    const moved = await move('4', 'Staging', true)
    expect(moved.body.model_version.current_stage).toBe('Staging')
    expect(await Promise.all(['1', '2', '3', '4'].map((version) => stageOf(name, version)))).toEqual([
      'Archived',
      'Production',
      'Archived',
      'Staging',
    ])
    const archived = (await read(name, '1')).body.model_version
    expect(archived.last_updated_timestamp).toBe(moved.body.model_version.last_updated_timestamp)
    const { registered_model } = (await server.mlflow.get('/2.0/mlflow/registered-models/get', { name })).body
    expect(registered_model.last_updated_timestamp).toBe(archived.last_updated_timestamp)
    expect((await move('4', 'Staging', true)).status).toBe(200)
    expect((await move('4', 'None')).body.model_version.current_stage).toBe('None')
    expect((await events(name)).slice(5)).toEqual([
      'model_version.stage_changed 1 :None>Staging',
      'model_version.stage_changed 2 :None>Production',
      'model_version.stage_changed 3 :None>Staging',
      'model_version.stage_changed 1 :Staging>Archived',
      'model_version.stage_changed 3 :Staging>Archived',
      'model_version.stage_changed 4 :None>Staging',
      'model_version.stage_changed 4 :Staging>Staging',
      'model_version.stage_changed 4 :Staging>None',
    ])
    const wrong = await move('1', 'x')
    expect(wrong.body).toMatchObject({
      ...invalid,
      message: 'Invalid Model Version stage: x. Value must be one of None, Staging, Production, Archived.',
    })
    const inactive = await move('1', 'none', true)
    expect(inactive.status).toBe(500)
    expect(inactive.body).toMatchObject({
      error_code: 'INTERNAL_ERROR',
      message:
        "Model version transition cannot archive existing model versions because 'none' is not an Active stage. " +
        "Valid stages are ['Staging', 'Production']",
    })
    expect(
      (await post('transition-stage', { name, version: '1', stage: 'Staging', archive_existing_versions: 5 })).status,
    ).toBe(400)
  })

  test('are tagged one by one, which does not count as an update', async () => {
    const name = await givenModel()
    const { last_updated_timestamp } = await givenVersion(name)
    const tags = async () => (await read(name, '1')).body.model_version.tags
    const set = (key: string, value?: string) => post('set-tag', { name, version: '1', key, value })
    expect((await set('k', 'v')).body).toEqual({})
    await set('a', 'x'.repeat(100_000))
    await set('k')
    expect((await tags())?.map(({ key, value }: { key: string; value: string }) => [key, value.length])).toEqual([
      ['a', 100_000],
      ['k', 0],
    ])
    const remove = (key: string) => server.mlflow.delete(`${path}/delete-tag`, { name, version: '1', key })
    expect((await remove('a')).body).toEqual({})
    expect((await remove('a')).status).toBe(200)
    expect((await remove('a\tb')).status).toBe(400)
    expect((await set('a\tb', 'x')).status).toBe(400)
    expect((await set('k', 'x'.repeat(100_001))).status).toBe(400)
    expect(await tags()).toEqual([{ key: 'k', value: '' }])
    expect((await read(name, '1')).body.model_version.last_updated_timestamp).toBe(last_updated_timestamp)
    expect((await events(name)).slice(2).map((text) => text.replace(/x+/, 'x'))).toEqual([
      'model_version_tag.set 1 k:->v',
      'model_version_tag.set 1 a:->x',
      'model_version_tag.set 1 k:v>',
      'model_version_tag.deleted 1 a:x>-',
    ])
  })

  test('are tagged in bulk, all or nothing', async () => {
    const name = await givenModel()
    await givenVersion(name, { tags: [{ key: 'old', value: '1' }] })
    const update = (body: object) =>
      server.mlflow.post('/2.0/mlflow/internal/model-versions/update-tags', { name, version: '1', ...body })
    const tags = async () => (await read(name, '1')).body.model_version.tags
    expect(
      (await update({ set_tags: [{ key: 'a', value: '1' }], delete_tags: [{ key: 'old' }, { key: 'none' }] })).body,
    ).toEqual({})
    expect(await tags()).toEqual([{ key: 'a', value: '1' }])
    for (const body of [
      { set_tags: [{ key: 'b', value: '1' }], delete_tags: [{ key: 'b' }] },
      { set_tags: [{ key: 'b' }, { key: 'b' }] },
      { delete_tags: [{ key: 'a' }, { key: 'a' }] },
      { set_tags: [{ key: 'b' }, { value: 'x' }] },
      { delete_tags: [{}] },
      { set_tags: [{ key: 'b' }, { key: 'c\td' }] },
      { set_tags: Array.from({ length: 101 }, (_, index) => ({ key: `k${index}` })) },
    ]) {
      expect((await update(body)).status, JSON.stringify(body).slice(0, 100)).toBe(400)
    }
    expect(await tags()).toEqual([{ key: 'a', value: '1' }])
  })

  test('are deleted with their tags and aliases', async () => {
    const name = await givenModel()
    await givenVersion(name, { tags: [{ key: 'k', value: 'v' }] })
    await givenVersion(name)
    const alias = (one: string, version: string) =>
      server.mlflow.post('/2.0/mlflow/registered-models/alias', { name, alias: one, version })
    for (const [one, version] of [
      ['b', '1'],
      ['a', '1'],
      ['kept', '2'],
    ])
      expect((await alias(one!, version!)).status).toBe(200)
    expect((await read(name, '1')).body.model_version.aliases).toEqual(['a', 'b'])
    expect((await server.mlflow.delete(`${path}/delete`, { name, version: '01' })).body).toEqual({})
    expect((await read(name, '1')).status).toBe(404)
    expect((await server.mlflow.delete(`${path}/delete`, { name, version: '1' })).status).toBe(404)
    const { registered_model } = (await server.mlflow.get('/2.0/mlflow/registered-models/get', { name })).body
    expect(registered_model.aliases).toEqual([{ alias: 'kept', version: '2' }])
    expect((await events(name)).slice(6)).toEqual([
      'model_alias.deleted 1 a:1>-',
      'model_alias.deleted 1 b:1>-',
      'model_version.deleted 1 :>-',
    ])
  })

  test('of prompts have a placeholder for a source', async () => {
    const name = await givenModel()
    const prompt = (value: string, source: string) =>
      post('create', { name, source, tags: [{ key: 'mlflow.prompt.is_prompt', value }] })
    for (const source of ['prompt-template', 'dummy-source']) expect((await prompt('TRUE', source)).status).toBe(200)
    expect((await prompt('true', 's3://b/x')).body).toMatchObject({
      ...invalid,
      message: "Invalid prompt source: 's3://b/x'. Prompt sources must use an MLflow placeholder.",
    })
    expect((await prompt('false', 's3://b/x')).status).toBe(200)
    expect((await prompt('false', 'prompt-template')).status).toBe(400)
  })
})
