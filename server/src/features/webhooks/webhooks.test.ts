import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { startWebhookReceiver } from '../../testing/webhook-receiver.ts'

const path = '/2.0/mlflow/webhooks'
const settings = ['--webhook-schemes', 'https,http', '--webhook-private-targets']
const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]
const url = 'https://127.0.0.1:9/hook'

describe.each(databases)('webhooks on %s', (engine) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(engine, settings)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const create = (fields: object = {}) => server.mlflow.post(path, { name: 'hook', url, events, ...fields })
  const given = async (fields: object = {}) => {
    const answer = await create(fields)
    expect(answer.status, answer.text).toBe(200)
    return answer.body.webhook
  }
  const read = async (id: string) => (await server.mlflow.get(`${path}/${id}`)).body.webhook

  test('AUTHZ-10 are created, read and deleted; the secret is never told and encrypted where it is stored', async () => {
    const secret = 'a very secret word'
    const created = await create({ description: 'd', secret })
    const webhook = created.body.webhook
    expect(webhook).toEqual({
      webhook_id: webhook.webhook_id,
      name: 'hook',
      description: 'd',
      url,
      events,
      status: 'ACTIVE',
      creation_timestamp: webhook.creation_timestamp,
      last_updated_timestamp: webhook.creation_timestamp,
    })
    expect(webhook.webhook_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(await read(webhook.webhook_id)).toEqual(webhook)
    const stored = await server.db.lookup
      .selectFrom('webhooks')
      .selectAll()
      .where('tenant', '=', 1)
      .where('webhook_id', '=', webhook.webhook_id)
      .executeTakeFirstOrThrow()
    expect(stored.secret).toMatch(/^v1\./)
    expect(JSON.stringify(stored, (_key, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      secret,
    )
    expect(await server.mlflow.delete(`${path}/${webhook.webhook_id}`)).toMatchObject({ status: 200, body: {} })
    const gone = await server.mlflow.delete(`${path}/${webhook.webhook_id}`)
    expect([gone.status, gone.body.message]).toEqual([404, `Webhook with ID ${webhook.webhook_id} not found.`])
    expect((await server.mlflow.get(`${path}/nope`)).status).toBe(404)
  })

  test('events come sorted by entity', async () => {
    const asked = [
      { entity: 'PROMPT_TAG', action: 'SET' },
      { entity: 'PROMPT', action: 'CREATED' },
      { entity: 'MODEL_VERSION_TAG', action: 'SET' },
      { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
      { entity: 'MODEL_VERSION', action: 'CREATED' },
      { entity: 'BUDGET_POLICY', action: 'EXCEEDED' },
    ]
    const webhook = await given({ events: asked, status: 'DISABLED' })
    expect(webhook.events).toEqual([asked[5], asked[4], asked[3], asked[2], asked[1], asked[0]])
    expect(webhook.status).toBe('DISABLED')
  })

  const badName =
    'is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, ' +
    'digits, dots (.), underscores (_), and hyphens (-).'
  test.each([
    [{ name: 'a b' }, `Webhook name 'a b' ${badName}`],
    [{ name: '-a' }, `Webhook name '-a' ${badName}`],
    [{ name: 'a'.repeat(64) }, `Webhook name '${'a'.repeat(64)}' ${badName}`],
    [{ name: 'a\r\nb' }, `Webhook name 'a\\r\\nb' ${badName}`],
    [{ url: 'ftp://x/y' }, "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: https, http."],
    [{ url: 'nourl' }, "Invalid webhook URL scheme: ''. Allowed schemes are: https, http."],
    [{ url: ' ' }, "Webhook URL cannot be empty or just whitespace: ' '"],
    [{ url: 'http://' }, "Webhook URL must include a hostname: 'http://'"],
    [{ url: 'https://user:pass@127.0.0.1/' }, 'Webhook URL must not contain a user or password.'],
    [{ url: 'https://127.0.0.1/a\nb' }, 'Webhook URL must not contain blanks or control characters.'],
    [{ events: [] }, 'Webhook events must be a non-empty list of WebhookEvent objects: [].'],
    [
      { events: [{ entity: 'REGISTERED_MODEL', action: 'DELETED' }] },
      "Invalid action 'deleted' for entity 'registered_model'. Valid actions are: ['created']",
    ],
    [
      { events: [{ entity: 'PROMPT_TAG', action: 'CREATED' }] },
      "Invalid action 'created' for entity 'prompt_tag'. Valid actions are: ['deleted', 'set']",
    ],
    [{ events: [...events, ...events] }, 'The event registered_model.created is named twice.'],
    [{ secret: 'a\nb' }, undefined],
    [{ status: 'FOO' }, undefined],
    [{ events: [{ entity: 'REGISTERED_MODEL' }] }, undefined],
    [{ events: [{ entity: 'FOO', action: 'CREATED' }] }, undefined],
  ])('refuses %j', async (fields, text) => {
    const answer = await create(fields)
    expect(answer.status, answer.text).toBe(400)
    if (text !== undefined) expect(answer.body.message).toBe(text)
  })

  test('update changes what is given', async () => {
    const { webhook_id } = await given({ description: 'before' })
    const update = async (fields: object) => (await server.mlflow.patch(`${path}/${webhook_id}`, fields)).body.webhook
    expect(await update({ name: 'other', status: 'DISABLED' })).toMatchObject({
      name: 'other',
      description: 'before',
      status: 'DISABLED',
      events,
    })
    expect(await update({ name: '', url: '', events: [] })).toMatchObject({ name: 'other', url, events })
    const prompt = [{ entity: 'PROMPT', action: 'CREATED' }]
    expect(await update({ events: prompt, description: '' })).not.toHaveProperty('description')
    expect((await read(webhook_id)).events).toEqual(prompt)
    for (const fields of [{ name: 'a b' }, { url: 'ftp://x' }, { events: [{ entity: 'PROMPT', action: 'SET' }] }]) {
      expect((await server.mlflow.patch(`${path}/${webhook_id}`, fields)).status).toBe(400)
    }
    expect((await server.mlflow.patch(`${path}/nope`, { name: 'x' })).status).toBe(404)
  })

  test('another host drops the secret, another path does not', async () => {
    const { webhook_id } = await given({ secret: 'old' })
    const hasSecret = async () => {
      const row = await server.db.lookup
        .selectFrom('webhooks')
        .select('secret')
        .where('tenant', '=', 1)
        .where('webhook_id', '=', webhook_id)
        .executeTakeFirstOrThrow()
      return row.secret !== null
    }
    const update = (fields: object) => server.mlflow.patch(`${path}/${webhook_id}`, fields)
    await update({ url: 'https://127.0.0.1:9/elsewhere' })
    expect(await hasSecret()).toBe(true)
    await update({ url: 'https://127.0.0.1:10/hook' })
    expect(await hasSecret()).toBe(false)
    await update({ url: 'https://127.0.0.1:11/hook', secret: 'new' })
    expect(await hasSecret()).toBe(true)
  })

  test('are listed newest first, in pages', async () => {
    const newest = await given({ name: 'newest' })
    const all = (await server.mlflow.get(path)).body.webhooks
    expect(all[0]).toEqual(newest)
    const seen: string[] = []
    for (let page_token = '', count = 0; count < 50; count++) {
      const { body } = await server.mlflow.get(path, { max_results: 2, page_token })
      seen.push(...body.webhooks.map((webhook: { webhook_id: string }) => webhook.webhook_id))
      page_token = body.next_page_token
      if (page_token === undefined) break
    }
    expect(seen).toEqual(all.map((webhook: { webhook_id: string }) => webhook.webhook_id))
    expect((await server.mlflow.get(path, { max_results: 0 })).body.webhooks).toHaveLength(all.length)
    const large = await server.mlflow.get(path, { max_results: 1001 })
    expect([large.status, large.body.message]).toEqual([400, 'max_results must be between 1 and 1000.'])
    expect((await server.mlflow.get(path, { page_token: '!' })).status).toBe(400)
  })

  test('SSRF-08 test sends a sample and tells the status alone', async () => {
    await using receiver = await startWebhookReceiver()
    const { webhook_id } = await given({ url: `${receiver.url}/hook` })
    const tried = await server.mlflow.post(`${path}/${webhook_id}/test`, {})
    expect(tried.body).toEqual({ result: { success: true, response_status: 200 } })
    expect(tried.text).not.toContain('secret of the receiver')
    expect(receiver.received[0]?.body).toMatchObject({
      entity: 'registered_model',
      action: 'created',
      data: {
        name: 'example_model',
        tags: { example_key: 'example_value' },
        description: 'An example registered model',
      },
    })
    const event = { entity: 'PROMPT_ALIAS', action: 'DELETED' }
    receiver.status = 404
    const refused = await server.mlflow.post(`${path}/${webhook_id}/test`, { event })
    expect(refused.body).toEqual({ result: { success: false, response_status: 404 } })
    expect(receiver.received[1]?.body.data).toEqual({ name: 'example_prompt', alias: 'example_alias' })
    await receiver[Symbol.asyncDispose]()
    const dead = await server.mlflow.post(`${path}/${webhook_id}/test`, {})
    expect(dead.body.result).toMatchObject({ success: false, error_message: expect.stringContaining('ECONNREFUSED') })
    expect((await server.mlflow.post(`${path}/nope/test`, {})).status).toBe(404)
    const bad = { event: { entity: 'PROMPT', action: 'SET' } }
    expect((await server.mlflow.post(`${path}/${webhook_id}/test`, bad)).status).toBe(400)
  })
})

describe.each(databases)('webhooks without further leave, on %s', (engine) => {
  test.each([
    ['http://8.8.8.8/', "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    ['https://127.0.0.1/', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://2130706433/', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://0x7f.1/', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://0177.0.0.1/', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://127.0.0.1./', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://[::1]/', "'::1' resolves to ::1."],
    ['https://[::ffff:10.0.0.1]/', "'::ffff:a00:1' resolves to ::ffff:a00:1."],
    ['https://169.254.169.254/latest', "'169.254.169.254' resolves to 169.254.169.254."],
    ['https://localhost/', 'must not resolve to a non-public IP address'],
    ['https://①②⑦.0.0.1/', "'127.0.0.1' resolves to 127.0.0.1."],
    ['https://[fe80::1%25eth0]/', 'must include a hostname'],
  ])('SSRF-04 SSRF-05 refuse %s', async (target, text) => {
    await using server = await startTestServer(engine)
    const answer = await server.mlflow.post(path, { name: 'hook', url: target, events })
    expect(answer.status, answer.text).toBe(400)
    expect(answer.body.message).toContain(text)
  })
})
