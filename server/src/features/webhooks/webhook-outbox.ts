import { randomUUID } from 'node:crypto'
import type { Reader, Tx } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { deliveryState, type WebhookDeliveryTable } from '../../db/tables/webhook-tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { RegistryEvent } from '../registry-events/registry-event-store.ts'
import { deliveryBody } from './webhook-event-rules.ts'
import { webhookNews } from './webhook-payload.ts'

/** Deliveries that may wait for one webhook; what comes on top is written down as failed at once. */
const mostPending = 1_000

const listenersTo = prepared((tx, p: { platform: Platform; event: string }) =>
  tx
    .selectFrom('webhook_events as e')
    .innerJoin('webhooks as w', (join) => join.onRef('w.tenant', '=', 'e.tenant').onRef('w.webhook', '=', 'e.webhook'))
    .select('w.webhook')
    .where('e.tenant', '=', p.platform)
    .where('e.event', '=', p.event)
    .where('w.active', '=', 1),
)

const firstActive = prepared((db, p: { platform: Platform }) =>
  db.selectFrom('webhooks').select('webhook').where('tenant', '=', p.platform).where('active', '=', 1).limit(1),
)

/** Whether anybody is told of changes. A webhook that is made meanwhile need not hear of what was asked for before. */
export async function hasActiveWebhooks(db: Reader, platform: Platform): Promise<boolean> {
  return (await firstActive(db, { platform })).length > 0
}

/**
 * Writes one delivery for each webhook of the platform that wants to hear of a change, in the transaction of the change: it
 * is sent if and only if the change is committed.
 *
 * @param now epoch milliseconds
 */
export async function enqueueDeliveries(tx: Tx, platform: Platform, now: number, change: RegistryEvent): Promise<void> {
  const news = webhookNews(change, await isPrompt(tx, platform, change))
  if (news === undefined) return
  const listeners = await listenersTo(tx, { platform, event: news.event })
  if (listeners.length === 0) return
  const body = deliveryBody(news.event, now, news.data(String(await change.version)))
  for (const { webhook } of listeners) {
    const isFull = await hasManyPending(tx, platform, webhook)
    const row: WebhookDeliveryTable = {
      tenant: platform,
      delivery: runNumber(newRunId(now))!,
      webhook,
      delivery_id: randomUUID(),
      event: news.event,
      body,
      state: isFull ? deliveryState.failed : deliveryState.pending,
      attempts: 0,
      created: now,
      due: now,
      finished: isFull ? now : null,
      last_status: null,
      last_error: isFull ? `More than ${mostPending} deliveries are waiting for this webhook.` : null,
    }
    await tx.insertInto('webhook_deliveries').values(row).execute()
  }
}

/** Only some changes are told otherwise of prompts. A new model or version says itself what it is. */
async function isPrompt(tx: Tx, platform: Platform, { kind, model }: RegistryEvent): Promise<boolean> {
  if (!/_tag\.|_alias\./.test(kind)) return false
  const row = await tx
    .selectFrom('registered_models')
    .select('is_prompt')
    .where('tenant', '=', platform)
    .where('model', '=', model)
    .executeTakeFirst()
  return row?.is_prompt === 1
}

async function hasManyPending(tx: Tx, platform: Platform, webhook: Int64): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_deliveries')
    .select('delivery')
    .where('tenant', '=', platform)
    .where('webhook', '=', webhook)
    .where('state', '=', deliveryState.pending)
    .orderBy('due')
    .orderBy('delivery')
    .offset(mostPending)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
