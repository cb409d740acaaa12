import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/logged-models'
const unknown = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "Logged model with ID 'm-xx' not found." }
const missingId = "Missing value for required parameter 'model_id'."

describe.each(databases)('changing logged models on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const given = async (fields: object = {}): Promise<string> =>
    (await server.mlflow.post(path, { experiment_id: '0', ...fields })).body.model.info.model_id
  const read = async (id: string) => (await server.mlflow.get(`${path}/${id}`, { allow_deleted: 'true' })).body.model
  const texts = (record: object) => Object.entries(record).map(([key, value]) => ({ key, value }))

  test.each([
    ['LOGGED_MODEL_READY', 'LOGGED_MODEL_READY'],
    [3, 'LOGGED_MODEL_UPLOAD_FAILED'],
    ['1', 'LOGGED_MODEL_PENDING'],
    [0, 'LOGGED_MODEL_STATUS_UNSPECIFIED'],
  ])('finalize with %j', async (status, stored) => {
    const id = await given({ params: texts({ a: '1' }), tags: texts({ b: '2' }) })
    const answer = await server.mlflow.patch(`${path}/${id}`, { model_id: id, status })
    expect(answer).toMatchObject({ status: 200, body: { model: { info: { model_id: id, status: stored } } } })
    expect(answer.body.model).toEqual(await read(id))
    const { creation_timestamp_ms, last_updated_timestamp_ms } = answer.body.model.info
    expect(last_updated_timestamp_ms).toBeGreaterThanOrEqual(creation_timestamp_ms)
  })

  test('finalize goes by the id in the body', async () => {
    const id = await given()
    const status = 'LOGGED_MODEL_READY'
    expect((await server.mlflow.patch(`${path}/m-xx`, { model_id: id, status })).status).toBe(200)
    expect((await read(id)).info.status).toBe(status)
    expect(await server.mlflow.patch(`${path}/${id}`, { model_id: 'm-xx', status })).toMatchObject({
      status: 404,
      body: unknown,
    })
    expect((await server.mlflow.patch(`${path}/${id}`, { status })).body.message).toContain(missingId)
    expect((await server.mlflow.patch(`${path}/${id}`)).body.message).toContain(missingId)
    expect((await server.mlflow.patch(`${path}/${id}`, { model_id: id })).body.message).toContain("'status'")
  })

  test.each(['FOO', 'logged_model_ready', 9, [1], {}])(
    'the status %j is refused and changes nothing',
    async (status) => {
      const id = await given()
      const answer = await server.mlflow.patch(`${path}/${id}`, { model_id: id, status })
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
      expect(answer.body.message).toContain("'status'")
      expect((await read(id)).info.status).toBe('LOGGED_MODEL_PENDING')
    },
  )

  test('tags are set and overwritten, the last of a repeated key wins', async () => {
    const id = await given({ tags: texts({ a: '1', b: '2' }) })
    const updated = (await read(id)).info.last_updated_timestamp_ms
    const tags = [...texts({ b: 'x' }), { key: 'b', value: 'é' }, { key: 'ü b/..', value: 'z' }, { key: 'n' }]
    expect(
      await server.mlflow.patch(`${path}/${id}/tags`, { model_id: 'm-other', modelId: 'm-other', tags }),
    ).toMatchObject({
      status: 200,
      text: '{}',
    })
    const { info } = await read(id)
    expect(info.tags).toEqual(texts({ a: '1', b: 'é', n: '', 'ü b/..': 'z' }))
    expect(info.last_updated_timestamp_ms).toBe(updated)
    for (const body of [undefined, {}, { tags: [] }, { tags: null }]) {
      expect((await server.mlflow.patch(`${path}/${id}/tags`, body)).text).toBe('{}')
    }
    expect((await server.mlflow.patch(`${path}/${id}/tags`, { tags: 'a' })).status).toBe(400)
    expect(await server.mlflow.patch(`${path}/m-xx/tags`, { tags })).toMatchObject({ status: 404, body: unknown })
  })

  test('50 writers of the same tags at once', async () => {
    const id = await given()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        const tags = texts({ a: `${i}`, b: `${i}`, c: `${i}` })
        return server.mlflow.patch(`${path}/${id}/tags`, { tags: i % 2 ? tags : tags.reverse() })
      }),
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const values = (await read(id)).info.tags.map(({ value }: { value: string }) => value)
    expect(values).toHaveLength(3)
    expect(new Set(values).size).toBe(1)
  })

  test('a tag is removed once', async () => {
    const id = await given({ tags: texts({ a: '1', 'ü b/..': '2' }) })
    expect((await server.mlflow.delete(`${path}/${id}/tags/a`)).text).toBe('{}')
    expect(await server.mlflow.delete(`${path}/${id}/tags/a`)).toMatchObject({
      status: 404,
      body: { message: `No tag with key 'a' found for model with ID '${id}'.` },
    })
    expect((await server.mlflow.delete(`${path}/${id}/tags/it's`)).body.message).toContain(`key "it's" found`)
    expect((await server.mlflow.delete(`${path}/${id}/tags/${encodeURIComponent('ü b/..')}`)).status).toBe(200)
    expect((await read(id)).info.tags).toBeUndefined()
    expect(await server.mlflow.delete(`${path}/m-xx/tags/a`)).toMatchObject({ status: 404, body: unknown })
  })

  test('params are added, and never twice', async () => {
    const id = await given({ params: texts({ b: '1' }) })
    const add = (model: string, body: object) => server.mlflow.post(`${path}/${model}/params`, body)
    expect((await add(id, { model_id: 'm-other', params: texts({ c: '2', a: '3' }) })).text).toBe('{}')
    for (const params of [
      texts({ d: '1', b: '1' }),
      texts({ d: '1', b: '2' }),
      [...texts({ d: '1' }), ...texts({ d: '1' })],
    ]) {
      expect(await add(id, { model_id: id, params })).toMatchObject({
        status: 400,
        body: { error_code: 'BAD_REQUEST' },
      })
    }
    expect((await read(id)).data.params).toEqual(texts({ a: '3', b: '1', c: '2' }))
    expect((await add(id, { model_id: id })).text).toBe('{}')
    expect((await add(id, { params: texts({ e: '1' }) })).body.message).toContain(missingId)
    for (const params of [[], texts({ e: '1' })]) {
      expect(await add('m-xx', { model_id: id, params })).toMatchObject({ status: 404, body: unknown })
    }
  })

  test('of 20 writers of one param exactly one succeeds', async () => {
    const id = await given()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        server.mlflow.post(`${path}/${id}/params`, { model_id: id, params: texts({ [`p${i}`]: 'x', once: `${i}` }) }),
      ),
    )
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(answers.filter(({ body }) => body.error_code === 'BAD_REQUEST')).toHaveLength(19)
    expect((await read(id)).data.params).toEqual(texts({ once: `${winner}`, [`p${winner}`]: 'x' }))
  })

  test('deletion is idempotent, hides the model, and does not stop changes', async () => {
    const id = await given()
    for (let time = 0; time < 2; time++) {
      expect(await server.mlflow.delete(`${path}/${id}`)).toMatchObject({ status: 200, text: '{}' })
    }
    const hidden = { status: 404, body: { message: `Logged model with ID '${id}' not found.` } }
    expect(await server.mlflow.get(`${path}/${id}`)).toMatchObject(hidden)
    for (const allow_deleted of ['false', 'yes', '']) {
      expect(await server.mlflow.get(`${path}/${id}`, { allow_deleted })).toMatchObject(hidden)
    }
    expect((await server.mlflow.get(`${path}/${id}`, { allow_deleted: 'TRUE' })).status).toBe(200)
    expect((await server.mlflow.patch(`${path}/${id}`, { model_id: id, status: 2 })).status).toBe(200)
    expect((await server.mlflow.patch(`${path}/${id}/tags`, { tags: texts({ a: '1' }) })).status).toBe(200)
    expect((await server.mlflow.post(`${path}/${id}/params`, { model_id: id, params: texts({ a: '1' }) })).status).toBe(
      200,
    )
    expect(await read(id)).toMatchObject({ info: { tags: texts({ a: '1' }) }, data: { params: texts({ a: '1' }) } })
    expect(await server.mlflow.delete(`${path}/m-xx`)).toMatchObject({ status: 404, body: unknown })
  })
})
