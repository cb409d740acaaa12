import type { Output } from '../../contract/wire.ts'
import type { Webhook } from './webhook-contract.ts'
import type { WebhookRow } from './webhook-store.ts'

type WebhookMessage = Output<typeof Webhook>
type EventMessage = NonNullable<WebhookMessage['events']>[number]

/** The wire form of a webhook; the secret is not part of it. */
export function webhookMessage(row: WebhookRow, events: readonly string[]): WebhookMessage {
  return {
    webhook_id: row.webhook_id,
    name: row.name,
    description: row.description || undefined,
    url: row.url,
    events: events.map(eventMessage).sort(byEntity),
    status: row.active === 1 ? 'ACTIVE' : 'DISABLED',
    creation_timestamp: row.created,
    last_updated_timestamp: row.updated,
  }
}

export function eventMessage(event: string): EventMessage {
  const [entity, action] = event.toUpperCase().split('.')
  return { entity, action } as EventMessage
}

/** A dot sorts before the underscore, so that names alone would mix `prompt` with `prompt_tag`. */
function byEntity(a: EventMessage, b: EventMessage): number {
  return compare(a.entity, b.entity) || compare(a.action, b.action)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
