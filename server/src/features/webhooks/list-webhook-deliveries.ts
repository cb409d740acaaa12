import { handle } from '../../context/context.ts'
import { toInt64 } from '../../lib/int64.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import * as contract from './webhook-contract.ts'
import { findDeliveries } from './webhook-delivery-store.ts'
import { eventMessage } from './webhook-message.ts'
import { webhookPageSize } from './webhook-rules.ts'
import { getWebhookRow } from './webhook-store.ts'

const states = ['PENDING', 'DELIVERED', 'FAILED'] as const

export const listWebhookDeliveries = handle(contract.listWebhookDeliveries, async ({ db, platform }, request) => {
  const limit = webhookPageSize(request.max_results)
  const { webhook } = await getWebhookRow(db.lookup, platform, request.webhook_id)
  const query = ['webhook-deliveries', request.webhook_id]
  const [token] = decodePageToken(request.page_token, query, ['integer']) ?? []
  const before = token === undefined ? undefined : toInt64(token)
  const found = await findDeliveries(db.read, platform, { webhook, before, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    body: {
      deliveries: page.map((row) => ({
        delivery_id: row.delivery_id,
        event: eventMessage(row.event),
        state: states[row.state],
        attempts: row.attempts,
        creation_timestamp: row.created,
        next_attempt_timestamp: row.finished === null ? row.due : undefined,
        finished_timestamp: row.finished ?? undefined,
        response_status: row.last_status ?? undefined,
        error_message: row.last_error ?? undefined,
      })),
      next_page_token: found.length > limit && last ? encodePageToken(query, [last.delivery]) : undefined,
    },
  }
})
