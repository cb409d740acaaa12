import { createHmac } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { Engine } from '../../db/database.ts'
import { takeLease } from '../../db/lease.ts'
import { platformOf } from '../../lib/tenant.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts'
import { type DeliveryWork, deliverWebhooks, forgetOldDeliveries } from './deliver-webhooks.ts'
import { createWebhookSender } from './webhook-sender.ts'

const models = '/2.0/mlflow/registered-models'
const versions = '/2.0/mlflow/model-versions'
const webhooks = '/2.0/mlflow/webhooks'
const settings = ['--webhook-schemes', 'https,http', '--webhook-private-targets', '--webhook-key']
const key = Buffer.alloc(32, 7)
const rules = { schemes: ['http', 'https'], privateTargets: true } as const
const platform = platformOf(1)

const start = (engine: Engine) => startTestServer(engine, [...settings, key.toString('base64')])

/** A worker of another process than the server's own. */
function workOf(server: TestServer, fields: Partial<DeliveryWork> = {}): DeliveryWork {
  const { signal } = new AbortController()
  const sender = createWebhookSender(rules, key)
  return { database: server.db, sender, holder: 'test', now: Date.now, signal, ...fields }
}

async function hook(server: TestServer, url: string, names: readonly string[], fields: object = {}): Promise<string> {
  const events = names.map((name) => {
    const [entity, action] = name.toUpperCase().split('.')
    return { entity, action }
  })
  const answer = await server.mlflow.post(webhooks, { name: 'hook', url, events, ...fields })
  expect(answer.status, answer.text).toBe(200)
  return answer.body.webhook.webhook_id
}

const deliveries = async (server: TestServer, id: string) =>
  (await server.mlflow.get(`/2.0/runstead/webhooks/${id}/deliveries`)).body.deliveries ?? []

const arrived = (receiver: WebhookReceiver, count: number) =>
  vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), { timeout: 15_000, interval: 50 })

const everyEvent = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'prompt.created',
  'prompt_version.created',
  'prompt_tag.set',
  'prompt_tag.deleted',
  'prompt_version_tag.set',
  'prompt_version_tag.deleted',
  'prompt_alias.created',
  'prompt_alias.deleted',
]

describe.each(databases)('deliveries of webhooks on %s', (engine) => {
  test('tell of models and prompts what MLflow tells, signed', async () => {
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    const { mlflow } = server
    await hook(server, `${receiver.url}/hook`, everyEvent, { secret: 'the key' })
    const prompt = { key: 'mlflow.prompt.is_prompt', value: 'true' }
    await mlflow.post(`${models}/create`, { name: 'M ü', tags: [{ key: 'a', value: 'b' }], description: 'd' })
    await mlflow.post(`${models}/create`, { name: 'plain' })
    await mlflow.post(`${models}/set-tag`, { name: 'plain', key: 'x', value: 'y' })
    await mlflow.patch(`${models}/update`, { name: 'plain', description: 'y' })
    await mlflow.post(`${versions}/create`, { name: 'plain', source: 's3://a/b', tags: [{ key: 'q', value: 'w' }] })
    await mlflow.post(`${versions}/set-tag`, { name: 'plain', version: '1', key: 'k', value: 'v' })
    await mlflow.delete(`${versions}/delete-tag`, { name: 'plain', version: '1', key: 'k' })
    await mlflow.post(`${models}/alias`, { name: 'plain', alias: 'al', version: '1' })
    await mlflow.delete(`${models}/alias`, { name: 'plain', alias: 'al' })
    await mlflow.post(`${models}/create`, { name: 'P', tags: [prompt, { key: 'a', value: 'b' }], description: 'pd' })
    await mlflow.post(`${models}/set-tag`, { name: 'P', key: 'x', value: 'y' })
    await mlflow.delete(`${models}/delete-tag`, { name: 'P', key: 'x' })
    const tags = [
      prompt,
      { key: 'mlflow.prompt.text', value: 'Hi {{x}}' },
      { key: '_mlflow_prompt_type', value: 'text' },
    ]
    const source = 'prompt-template'
    await mlflow.post(`${versions}/create`, {
      name: 'P',
      source,
      description: 'c',
      tags: [...tags, { key: 'z', value: '1' }],
    })
    await mlflow.post(`${versions}/set-tag`, { name: 'P', version: '1', key: 'k', value: 'v' })
    await mlflow.delete(`${versions}/delete-tag`, { name: 'P', version: '1', key: 'k' })
    await mlflow.post(`${models}/alias`, { name: 'P', alias: 'al', version: '1' })
    await mlflow.delete(`${models}/alias`, { name: 'P', alias: 'al' })
    await mlflow.delete(`${models}/delete`, { name: 'P' })
    await arrived(receiver, 15)
    const told = receiver.received.map(({ body }) => [`${body.entity}.${body.action}`, body.data])
    expect(told).toEqual([
      ['registered_model.created', { name: 'M ü', tags: { a: 'b' }, description: 'd' }],
      ['registered_model.created', { name: 'plain', tags: {}, description: '' }],
      [
        'model_version.created',
        { name: 'plain', version: '1', source: 's3://a/b', run_id: null, tags: { q: 'w' }, description: null },
      ],
      ['model_version_tag.set', { name: 'plain', version: '1', key: 'k', value: 'v' }],
      ['model_version_tag.deleted', { name: 'plain', version: '1', key: 'k' }],
      ['model_version_alias.created', { name: 'plain', alias: 'al', version: '1' }],
      ['model_version_alias.deleted', { name: 'plain', alias: 'al' }],
      ['prompt.created', { name: 'P', tags: { a: 'b' }, description: 'pd' }],
      ['prompt_tag.set', { name: 'P', key: 'x', value: 'y' }],
      ['prompt_tag.deleted', { name: 'P', key: 'x' }],
      ['prompt_version.created', { name: 'P', version: '1', template: 'Hi {{x}}', tags: { z: '1' }, description: 'c' }],
      ['prompt_version_tag.set', { name: 'P', version: '1', key: 'k', value: 'v' }],
      ['prompt_version_tag.deleted', { name: 'P', version: '1', key: 'k' }],
      ['prompt_alias.created', { name: 'P', alias: 'al', version: '1' }],
      ['prompt_alias.deleted', { name: 'P', alias: 'al' }],
    ])
    const [first] = receiver.received
    const { headers, text } = first!
    expect(text).toMatch(
      /^\{"entity": "registered_model", "action": "created", "timestamp": "[-0-9T:.]{23}000\+00:00", /,
    )
    expect(text).toContain('"name": "M \\u00fc"')
    const id = headers['x-mlflow-delivery-id'] as string
    const timestamp = headers['x-mlflow-timestamp'] as string
    expect(headers['content-type']).toBe('application/json')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
    const signature = createHmac('sha256', 'the key').update(`${id}.${timestamp}.${text}`).digest('base64')
    expect(headers['x-mlflow-signature']).toBe(`v1,${signature}`)
  })

  test('AUTHZ-20 go to active webhooks of that event and platform alone, and not for changes that fail', async () => {
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    await server.db.write(platformOf(2), async (tx) => {
      await tx.insertInto('platforms').values({ platform: 2, id: 'other', name: 'other', created: 0 }).execute()
    })
    await createTestWorkspace(server.db, 'default', platformOf(2))
    const other = server.at('/20260430/aiDataPlatforms/other/mlops')
    const own = await hook(server, `${receiver.url}/own`, ['registered_model.created'])
    await hook(server, `${receiver.url}/off`, ['registered_model.created'], { status: 'DISABLED' })
    await hook(server, `${receiver.url}/prompts`, ['prompt.created'])
    expect((await other.get(webhooks)).body).toEqual({})
    expect((await other.get(`${webhooks}/${own}`)).status).toBe(404)
    expect((await other.delete(`${webhooks}/${own}`)).status).toBe(404)
    await other.post(`${models}/create`, { name: 'theirs' })
    await server.mlflow.post(`${models}/create`, { name: 'a/b' })
    await server.mlflow.post(`${models}/create`, { name: 'ours' })
    await server.mlflow.post(`${models}/create`, { name: 'ours' })
    await arrived(receiver, 1)
    expect(receiver.received.map((one) => [one.path, one.body.data.name])).toEqual([['/own', 'ours']])
    expect(receiver.received[0]?.headers).not.toHaveProperty('x-mlflow-signature')
    await vi.waitFor(async () => expect((await deliveries(server, own))[0].state).toBe('DELIVERED'), { timeout: 5_000 })
    expect(await deliveries(server, own)).toMatchObject([
      { event: { entity: 'REGISTERED_MODEL', action: 'CREATED' }, attempts: 1, response_status: 200 },
    ])
  })

  test('are tried again with the same id until the receiver takes them', async () => {
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    receiver.status = 503
    const id = await hook(server, receiver.url, ['registered_model.created'])
    await server.mlflow.post(`${models}/create`, { name: 'first' })
    await arrived(receiver, 2)
    expect(await deliveries(server, id)).toMatchObject([
      { state: 'PENDING', response_status: 503, error_message: 'The receiver answered 503.' },
    ])
    receiver.status = 200
    await vi.waitFor(async () => expect((await deliveries(server, id))[0].state).toBe('DELIVERED'), {
      timeout: 15_000,
      interval: 100,
    })
    const ids = new Set(receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']))
    expect(ids.size).toBe(1)
    expect((await deliveries(server, id))[0]).not.toHaveProperty('error_message')
  })

  test('SSRF-07 are not repeated after a refusal or a redirect, which is not followed', async () => {
    await using elsewhere = await startWebhookReceiver()
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    receiver.status = 307
    receiver.headers = { location: elsewhere.url }
    const id = await hook(server, receiver.url, ['registered_model.created'])
    await server.mlflow.post(`${models}/create`, { name: 'first' })
    await arrived(receiver, 1)
    receiver.status = 410
    await server.mlflow.post(`${models}/create`, { name: 'second' })
    await arrived(receiver, 2)
    await vi.waitFor(async () => expect((await deliveries(server, id))[0].state).toBe('FAILED'), { timeout: 5_000 })
    expect(await deliveries(server, id)).toMatchObject([
      { state: 'FAILED', attempts: 1, response_status: 410 },
      { state: 'FAILED', attempts: 1, response_status: 307 },
    ])
    expect(elsewhere.received).toEqual([])
  })

  test('LIM-12 a dead receiver holds nobody up and is asked less and less', async () => {
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    const dead = await startWebhookReceiver()
    const deadHook = await hook(server, dead.url, ['registered_model.created'])
    await dead[Symbol.asyncDispose]()
    await hook(server, receiver.url, ['registered_model.created'])
    for (const name of ['a', 'b', 'c']) await server.mlflow.post(`${models}/create`, { name })
    await arrived(receiver, 3)
    await vi.waitFor(
      async () => {
        const row = await server.db.lookup
          .selectFrom('webhooks')
          .select(['failures', 'blocked_until'])
          .where('tenant', '=', 1)
          .where('webhook_id', '=', deadHook)
          .executeTakeFirstOrThrow()
        expect(row.failures).toBeGreaterThanOrEqual(2)
        expect(Number(row.blocked_until)).toBeGreaterThan(Date.now() + 500)
      },
      { timeout: 10_000, interval: 20 },
    )
    const waiting = await deliveries(server, deadHook)
    expect(waiting).toHaveLength(3)
    expect(waiting.map(({ state }: { state: string }) => state)).toEqual(['PENDING', 'PENDING', 'PENDING'])
    expect(waiting.at(-1).error_message).toContain('ECONNREFUSED')
  })

  test('a process that dies in the middle is followed by another, which sends again', async () => {
    await using receiver = await startWebhookReceiver()
    await using server = await start(engine)
    const id = await hook(server, receiver.url, ['registered_model.created'])
    receiver.status = 0
    const process = new AbortController()
    receiver.onDelivery = () => process.abort()
    const later = Date.now() + 3_600_000
    // The workers of this test live in an hour; until then the lease keeps the server's own job away.
    await takeLease(server.db, platform, { name: 'webhook-deliveries', holder: 'dying' }, later, 60_000)
    await server.mlflow.post(`${models}/create`, { name: 'first' })
    const now = () => later + 1
    await deliverWebhooks(workOf(server, { holder: 'dying', now, signal: process.signal }), platform)
    expect(receiver.received).toHaveLength(1)
    expect((await deliveries(server, id))[0]).toMatchObject({ state: 'PENDING', attempts: 0 })

    receiver.status = 200
    receiver.onDelivery = () => undefined
    await deliverWebhooks(workOf(server, { holder: 'next', now }), platform)
    expect(receiver.received).toHaveLength(1)
    const afterLease = () => later + 120_000
    await deliverWebhooks(workOf(server, { holder: 'next', now: afterLease }), platform)
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[1]?.headers['x-mlflow-delivery-id']).toBe(
      receiver.received[0]?.headers['x-mlflow-delivery-id'],
    )
    expect((await deliveries(server, id))[0]).toMatchObject({ state: 'DELIVERED', attempts: 1 })
  })

  test('LIM-12 what waits survives a restart, is bounded for each webhook, and is forgotten after seven days', async () => {
    await using server = await start(engine)
    const id = await hook(server, 'http://127.0.0.1:9/', ['registered_model.created'])
    const { webhook } = await server.db.lookup
      .selectFrom('webhooks')
      .select('webhook')
      .where('tenant', '=', 1)
      .where('webhook_id', '=', id)
      .executeTakeFirstOrThrow()
    const far = Date.now() + 3_600_000
    const row = { tenant: 1, webhook, event: 'registered_model.created', body: '{}', state: 0, attempts: 0 } as const
    const times = { created: 1, due: far, finished: null, last_status: null, last_error: null }
    await server.db.write(platform, async (tx) => {
      const rows = Array.from({ length: 1_001 }, (_, index) => ({
        ...row,
        ...times,
        delivery: index + 1,
        delivery_id: `${index}`,
      }))
      await tx.insertInto('webhook_deliveries').values(rows).execute()
    })
    await server.mlflow.post(`${models}/create`, { name: 'too many' })
    const [newest] = await deliveries(server, id)
    expect(newest).toMatchObject({ state: 'FAILED', attempts: 0, error_message: expect.stringContaining('1000') })

    await forgetOldDeliveries(workOf(server), platform)
    expect(await deliveries(server, id)).toEqual([newest])
    await forgetOldDeliveries(workOf(server, { now: () => Date.now() + 8 * 24 * 3_600_000 }), platform)
    expect(await deliveries(server, id)).toEqual([])
  })
})
