import type { Int64 } from '../../lib/int64.ts'
import type { Flag } from './tables.ts'

/** Webhooks. The tables belong to platforms: `tenant` holds the platform's number. */
export interface WebhookTables {
  webhooks: WebhookTable
  webhook_events: WebhookEventTable
  webhook_deliveries: WebhookDeliveryTable
}

/** Primary key (tenant, webhook); unique (tenant, webhook_id). */
export interface WebhookTable {
  tenant: number
  /** 63-bit number made by the application; sorts by time of creation. */
  webhook: Int64
  /** UUID by which clients name it. */
  webhook_id: string
  name: string
  description: string | null
  url: string
  /** Encrypted; see `webhook-secret.ts`. */
  secret: string | null
  active: Flag
  created: Int64
  updated: Int64
  /** Deliveries that failed since the last one that arrived. */
  failures: number
  /** Nothing is sent before; epoch ms. */
  blocked_until: Int64
}

/** What a webhook wants to hear of. Primary key (tenant, event, webhook); index (tenant, webhook, event). */
export interface WebhookEventTable {
  tenant: number
  /** Such as `model_version.created`. */
  event: string
  webhook: Int64
}

/** How far a delivery is. */
export const deliveryState = { pending: 0, delivered: 1, failed: 2 } as const

/**
 * Outbox and log: written in the transaction of the event, sent by a job.
 * Primary key (tenant, delivery); indexes (tenant, webhook, state, due, delivery), (tenant, webhook, delivery).
 */
export interface WebhookDeliveryTable {
  tenant: number
  /** 63-bit number made by the application; sorts by time. */
  delivery: Int64
  webhook: Int64
  /** UUID told to the receiver; the same in every attempt. */
  delivery_id: string
  event: string
  /** As it is sent. */
  body: string
  state: (typeof deliveryState)[keyof typeof deliveryState]
  attempts: number
  created: Int64
  /** When the next attempt is due. */
  due: Int64
  finished: Int64 | null
  /** HTTP status of the last answer. */
  last_status: number | null
  last_error: string | null
}
