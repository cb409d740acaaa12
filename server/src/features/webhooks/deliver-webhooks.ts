import type { WebhookAnswer, WebhookSender } from '../../context/webhook-sender.ts'
import type { Database } from '../../db/database.ts'
import { holdLease, type Lease, takeLease } from '../../db/lease.ts'
import { deliveryState } from '../../db/tables/webhook-tables.ts'
import type { Platform } from '../../lib/tenant.ts'
import {
  type DeliveryRow,
  dueDeliveries,
  hasOldDeliveries,
  removeOldDeliveries,
  updateDelivery,
  webhooksInDebt,
} from './webhook-delivery-store.ts'
import { deliveryProblem } from './webhook-sender.ts'
import { getWebhookRow, updateWebhookRow, type WebhookRow } from './webhook-store.ts'

export interface DeliveryWork {
  readonly database: Database
  readonly sender: WebhookSender
  /** Names this process in the lease. */
  readonly holder: string
  readonly now: () => number
  readonly signal: AbortSignal
}

const leaseName = 'webhook-deliveries'
/** Longer than one round can take: its slowest webhook gives up after one time limit of 10 s. */
const leaseMs = 60_000
const webhooksAtOnce = 200
const sendersAtOnce = 8
/** At most so many requests at once go to one host, whosever webhooks they are. */
const perHost = 2
/** Deliveries to one webhook in a round, one after another; the others have their turn in between. */
const perWebhook = 8
/** About four and a half hours with the waits between them. */
const mostAttempts = 15
const longestWaitMs = 3_600_000
/** What was sent can be read up to this age, and what could not be sent is given up. */
const keptMs = 7 * 24 * 3_600_000

/**
 * Sends what is due to the webhooks of a platform. One process at a time does it (a lease says which). A delivery is marked
 * only after the receiver has answered, so that one whose process dies is sent again: receivers tell repeats by the delivery id.
 */
export async function deliverWebhooks(work: DeliveryWork, platform: Platform): Promise<void> {
  const { database, holder, now, signal } = work
  const webhooks = await webhooksInDebt(database.lookup, platform, now(), webhooksAtOnce)
  if (webhooks.length === 0) return
  const lease = await takeLease(database, platform, { name: leaseName, holder }, now(), leaseMs)
  if (lease === undefined) return
  const waiting = [...webhooks]
  const busy = new Map<string, number>()
  const worker = async (): Promise<void> => {
    while (!signal.aborted) {
      const place = waiting.findIndex(({ url }) => (busy.get(hostOf(url)) ?? 0) < perHost)
      const [webhook] = place === -1 ? [] : waiting.splice(place, 1)
      if (webhook === undefined) return
      const host = hostOf(webhook.url)
      busy.set(host, (busy.get(host) ?? 0) + 1)
      try {
        await serve(work, platform, lease, webhook)
      } finally {
        busy.set(host, (busy.get(host) ?? 1) - 1)
      }
    }
  }
  // One that fails shall not leave the others running on their own.
  const ends = await Promise.allSettled(Array.from({ length: sendersAtOnce }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Removes what is too old, in bounded transactions. */
export async function forgetOldDeliveries({ database, now, signal }: DeliveryWork, platform: Platform): Promise<void> {
  const before = now() - keptMs
  while (!signal.aborted && (await hasOldDeliveries(database.lookup, platform, before))) {
    await database.write(platform, (tx) => removeOldDeliveries(tx, platform, before))
  }
}

function hostOf(url: string): string {
  return new URL(url).host
}

/** Sends what is due to one webhook, until one delivery fails. */
async function serve(work: DeliveryWork, platform: Platform, lease: Lease, webhook: WebhookRow): Promise<void> {
  const { database, now, signal } = work
  for (const delivery of await dueDeliveries(database.read, webhook, now(), perWebhook)) {
    if (signal.aborted) return
    const outcome = await attempt(work, webhook, delivery)
    if (outcome === undefined) return
    await database.write(platform, async (tx) => {
      await holdLease(tx, platform, lease, now() + leaseMs)
      await updateDelivery(tx, delivery, outcome.changes)
      const row = await getWebhookRow(tx, platform, webhook.webhook_id)
      const failures = outcome.isReached ? 0 : row.failures + 1
      const blocked_until = outcome.isReached ? 0 : now() + waitAfter(failures)
      if (row.failures !== failures || row.blocked_until !== blocked_until) {
        await updateWebhookRow(tx, row, { failures, blocked_until })
      }
    })
    if (!outcome.isReached) return
  }
}

interface Outcome {
  /** Whether the receiver can be reached, so that the next one may be sent at once. */
  readonly isReached: boolean
  readonly changes: Parameters<typeof updateDelivery>[2]
}

/** @returns undefined when this process is stopped in the middle */
async function attempt(
  { sender, now, signal }: DeliveryWork,
  webhook: WebhookRow,
  delivery: DeliveryRow,
): Promise<Outcome | undefined> {
  const message = { deliveryId: delivery.delivery_id, body: delivery.body, now: now() }
  let answer: WebhookAnswer
  try {
    answer = await sender.send(webhook, message, signal)
  } catch (error) {
    if (signal.aborted) return undefined
    return failed(delivery, now(), undefined, deliveryProblem(error))
  }
  const { status, retryAfter } = answer
  const attempts = delivery.attempts + 1
  if (status >= 200 && status < 300) {
    const done = { state: deliveryState.delivered, finished: now(), last_status: status, last_error: null }
    return { isReached: true, changes: { ...done, attempts } }
  }
  if (status === 408 || status === 429 || status >= 500) {
    return failed(delivery, now(), status, `The receiver answered ${status}.`, retryAfter)
  }
  // Redirects and refusals would be the same the next time.
  const end = { state: deliveryState.failed, finished: now(), last_status: status }
  return { isReached: true, changes: { ...end, attempts, last_error: `The receiver answered ${status}.` } }
}

function failed(
  delivery: DeliveryRow,
  now: number,
  status: number | undefined,
  problem: string,
  retryAfter?: string,
): Outcome {
  const attempts = delivery.attempts + 1
  const told = { attempts, last_status: status ?? null, last_error: problem }
  if (attempts >= mostAttempts) {
    return { isReached: false, changes: { ...told, state: deliveryState.failed, finished: now } }
  }
  const asked = Number(retryAfter) * 1000
  const wait = Math.max(waitAfter(attempts), Number.isFinite(asked) ? Math.min(asked, longestWaitMs) : 0)
  return { isReached: false, changes: { ...told, due: now + wait } }
}

/** 1, 2, 4 … s up to an hour, and up to a quarter more by chance. */
function waitAfter(failures: number): number {
  const wait = Math.min(1000 * 2 ** (failures - 1), longestWaitMs)
  return Math.round(wait * (1 + Math.random() / 4))
}
