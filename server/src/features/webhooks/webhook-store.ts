import type { Reader, Tx } from '../../db/database.ts'
import { numberListText, numberRows } from '../../db/number-list.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { notFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'

export type WebhookRow = Tables['webhooks']

/** @throws AppError `not-found` */
export async function getWebhookRow(db: Reader | Tx, platform: Platform, webhookId: string): Promise<WebhookRow> {
  const row = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('tenant', '=', platform)
    .where('webhook_id', '=', webhookId)
    .executeTakeFirst()
  if (row === undefined) throw notFound(`Webhook with ID ${webhookId} not found.`)
  return row
}

/** Webhooks, newest first, created before the given one. */
export async function findWebhooks(
  db: Reader,
  platform: Platform,
  before: Int64 | undefined,
  limit: number,
): Promise<WebhookRow[]> {
  let query = db.selectFrom('webhooks').selectAll().where('tenant', '=', platform)
  if (before !== undefined) query = query.where('webhook', '<', before)
  return query.orderBy('webhook', 'desc').limit(limit).execute()
}

/** The events of each of the webhooks, sorted, in the order of the webhooks. */
export async function eventsOfWebhooks(
  db: Reader | Tx,
  platform: Platform,
  webhooks: readonly Int64[],
): Promise<string[][]> {
  if (webhooks.length === 0) return []
  const rows = await db
    .selectFrom(numberRows(db, numberListText(webhooks)).as('page'))
    .crossJoin('webhook_events as e')
    .where('e.tenant', '=', platform)
    .whereRef('e.webhook', '=', 'page.number')
    .select(['page.place', 'e.event'])
    .orderBy('page.place')
    .orderBy('e.event')
    .execute()
  const byPlace = Map.groupBy(rows, ({ place }) => place)
  return webhooks.map((_, place) => (byPlace.get(place) ?? []).map(({ event }) => event))
}

export async function countWebhooks(tx: Tx, platform: Platform): Promise<number> {
  const rows = await tx.selectFrom('webhooks').select('webhook').where('tenant', '=', platform).execute()
  return rows.length
}

export async function insertWebhook(tx: Tx, row: WebhookRow): Promise<void> {
  await tx.insertInto('webhooks').values(row).execute()
}

export async function updateWebhookRow(
  tx: Tx,
  { tenant, webhook }: WebhookRow,
  changes: Partial<Omit<WebhookRow, 'tenant' | 'webhook' | 'webhook_id' | 'created'>>,
): Promise<void> {
  await tx.updateTable('webhooks').set(changes).where('tenant', '=', tenant).where('webhook', '=', webhook).execute()
}

/** Gives a webhook the events, and no others. */
export async function replaceEvents(tx: Tx, { tenant, webhook }: WebhookRow, events: readonly string[]): Promise<void> {
  await tx.deleteFrom('webhook_events').where('tenant', '=', tenant).where('webhook', '=', webhook).execute()
  if (events.length === 0) return
  await tx
    .insertInto('webhook_events')
    .values(events.map((event) => ({ tenant, webhook, event })))
    .execute()
}

/** Its deliveries are out of sight with it and are removed when they are old. */
export async function removeWebhook(tx: Tx, row: WebhookRow): Promise<void> {
  await replaceEvents(tx, row, [])
  await tx.deleteFrom('webhooks').where('tenant', '=', row.tenant).where('webhook', '=', row.webhook).execute()
}
