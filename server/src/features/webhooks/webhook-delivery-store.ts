import type { Reader, Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { deliveryState } from '../../db/tables/webhook-tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { WebhookRow } from './webhook-store.ts'

export type DeliveryRow = Tables['webhook_deliveries']

/** Deliveries of a webhook, newest first. */
export async function findDeliveries(
  db: Reader,
  platform: Platform,
  { webhook, before, limit }: { readonly webhook: Int64; readonly before: Int64 | undefined; readonly limit: number },
): Promise<DeliveryRow[]> {
  let query = db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('tenant', '=', platform)
    .where('webhook', '=', webhook)
  if (before !== undefined) query = query.where('delivery', '<', before)
  return query.orderBy('delivery', 'desc').limit(limit).execute()
}

/** Active webhooks to which something is to be sent now, those first that were not reached for the longest time. */
export async function webhooksInDebt(
  db: Reader,
  platform: Platform,
  now: number,
  limit: number,
): Promise<WebhookRow[]> {
  return db
    .selectFrom('webhooks as w')
    .selectAll('w')
    .where('w.tenant', '=', platform)
    .where('w.active', '=', 1)
    .where('w.blocked_until', '<=', now)
    .where((expression) =>
      expression.exists(
        expression
          .selectFrom('webhook_deliveries as d')
          .select('d.delivery')
          .where('d.tenant', '=', platform)
          .whereRef('d.webhook', '=', 'w.webhook')
          .where('d.state', '=', deliveryState.pending)
          .where('d.due', '<=', now)
          .limit(1),
      ),
    )
    .orderBy('w.blocked_until')
    .limit(limit)
    .execute()
}

/** What is due for a webhook, oldest first. */
export async function dueDeliveries(
  db: Reader,
  { tenant, webhook }: WebhookRow,
  now: number,
  limit: number,
): Promise<DeliveryRow[]> {
  return db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('webhook', '=', webhook)
    .where('state', '=', deliveryState.pending)
    .where('due', '<=', now)
    .orderBy('due')
    .orderBy('delivery')
    .limit(limit)
    .execute()
}

export async function updateDelivery(
  tx: Tx,
  { tenant, delivery }: DeliveryRow,
  changes: Partial<Pick<DeliveryRow, 'state' | 'attempts' | 'due' | 'finished' | 'last_status' | 'last_error'>>,
): Promise<void> {
  await tx
    .updateTable('webhook_deliveries')
    .set(changes)
    .where('tenant', '=', tenant)
    .where('delivery', '=', delivery)
    .execute()
}

/** Whether there is a delivery that was written before a time. */
export async function hasOldDeliveries(db: Reader, platform: Platform, before: number): Promise<boolean> {
  const [row] = await db
    .selectFrom('webhook_deliveries')
    .select('delivery')
    .where('tenant', '=', platform)
    .where('delivery', '<', firstNumberAt(before))
    .limit(1)
    .execute()
  return row !== undefined
}

/** Removes a slice of the deliveries written before a time, whatever became of them. */
export async function removeOldDeliveries(tx: Tx, platform: Platform, before: number): Promise<void> {
  const limit = 1_000
  const old = await tx
    .selectFrom('webhook_deliveries')
    .select('delivery')
    .where('tenant', '=', platform)
    .where('delivery', '<', firstNumberAt(before))
    .orderBy('delivery')
    .limit(limit)
    .execute()
  const last = old.at(-1)
  if (last === undefined) return
  await tx
    .deleteFrom('webhook_deliveries')
    .where('tenant', '=', platform)
    .where('delivery', '<=', last.delivery)
    .execute()
}

/** The smallest number that something made at a time can have: numbers start with 42 bits of milliseconds. */
function firstNumberAt(ms: number): Int64 {
  const hex = (BigInt(ms) << 22n).toString(16).padStart(16, '0')
  return runNumber(hex.padEnd(32, '0'))!
}
