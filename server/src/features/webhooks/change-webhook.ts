import { randomUUID } from 'node:crypto'
import { handle } from '../../context/context.ts'
import { conflict, invalidParameter } from '../../errors/errors.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import * as contract from './webhook-contract.ts'
import { eventNames } from './webhook-event-rules.ts'
import { webhookMessage } from './webhook-message.ts'
import { checkWebhookName, checkWebhookTexts } from './webhook-rules.ts'
import {
  countWebhooks,
  eventsOfWebhooks,
  getWebhookRow,
  insertWebhook,
  removeWebhook,
  replaceEvents,
  updateWebhookRow,
  type WebhookRow,
} from './webhook-store.ts'

/** Webhooks of one platform: each event is written once for every one that hears of it. */
const mostWebhooks = 500

export const createWebhook = handle(contract.createWebhook, async ({ db, platform, now, webhooks }, request) => {
  const { name, description, secret, status } = request
  const events = eventNames(request.events)
  checkWebhookName(name)
  checkWebhookTexts(secret, description)
  const url = await webhooks.checkTarget(request.url)
  if (events.length === 0) {
    throw invalidParameter('Webhook events must be a non-empty list of WebhookEvent objects: [].', { field: 'events' })
  }
  const webhook_id = randomUUID()
  const sealed = secret ? webhooks.seal(webhook_id, secret) : null
  return db.write(platform, async (tx) => {
    if ((await countWebhooks(tx, platform)) >= mostWebhooks) {
      throw conflict(`There may be ${mostWebhooks} webhooks at most; delete one first.`)
    }
    const at = now()
    const row: WebhookRow = {
      tenant: platform,
      webhook: runNumber(newRunId(at))!,
      webhook_id,
      name,
      description: description ?? null,
      url,
      secret: sealed,
      active: status === 'DISABLED' ? 0 : 1,
      created: at,
      updated: at,
      failures: 0,
      blocked_until: 0,
    }
    await insertWebhook(tx, row)
    await replaceEvents(tx, row, events)
    return { body: { webhook: webhookMessage(row, events) } }
  })
})

/** As in MLflow, an empty name or URL changes nothing. What has failed so far is forgotten. */
export const updateWebhook = handle(contract.updateWebhook, async (context, request) => {
  const { db, platform, now, webhooks } = context
  const { name, description, secret, status } = request
  const events = eventNames(request.events)
  await getWebhookRow(db.lookup, platform, request.webhook_id)
  if (name) checkWebhookName(name)
  checkWebhookTexts(secret, description)
  const url = request.url ? await webhooks.checkTarget(request.url) : undefined
  return db.write(platform, async (tx) => {
    const before = await getWebhookRow(tx, platform, request.webhook_id)
    // Whoever changes where deliveries go shall not learn what the old receiver trusts.
    const moved = url !== undefined && new URL(url).origin !== new URL(before.url).origin
    const kept = moved ? null : before.secret
    const row: WebhookRow = {
      ...before,
      name: name || before.name,
      description: description ?? before.description,
      url: url ?? before.url,
      secret: secret ? webhooks.seal(before.webhook_id, secret) : kept,
      active: status === undefined ? before.active : status === 'ACTIVE' ? 1 : 0,
      updated: now(),
      failures: 0,
      blocked_until: 0,
    }
    const { tenant: _tenant, webhook: _webhook, webhook_id: _id, created: _created, ...changes } = row
    await updateWebhookRow(tx, row, changes)
    if (events.length > 0) await replaceEvents(tx, row, events)
    const [shown = []] = await eventsOfWebhooks(tx, platform, [row.webhook])
    return { body: { webhook: webhookMessage(row, shown) } }
  })
})

export const deleteWebhook = handle(contract.deleteWebhook, async ({ db, platform }, { webhook_id }) =>
  db.write(platform, async (tx) => {
    await removeWebhook(tx, await getWebhookRow(tx, platform, webhook_id))
    return { body: {} }
  }),
)
