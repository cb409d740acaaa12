import { handle } from '../../context/context.ts'
import { toInt64 } from '../../lib/int64.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import * as contract from './webhook-contract.ts'
import { webhookMessage } from './webhook-message.ts'
import { webhookPageSize } from './webhook-rules.ts'
import { eventsOfWebhooks, findWebhooks, getWebhookRow } from './webhook-store.ts'

export const getWebhook = handle(contract.getWebhook, async ({ db, platform }, { webhook_id }) => {
  const row = await getWebhookRow(db.lookup, platform, webhook_id)
  const [events = []] = await eventsOfWebhooks(db.lookup, platform, [row.webhook])
  return { body: { webhook: webhookMessage(row, events) } }
})

export const listWebhooks = handle(contract.listWebhooks, async ({ db, platform }, request) => {
  const limit = webhookPageSize(request.max_results)
  const query = ['webhooks']
  const [before] = decodePageToken(request.page_token, query, ['integer']) ?? []
  const found = await findWebhooks(db.read, platform, before === undefined ? undefined : toInt64(before), limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const events = await eventsOfWebhooks(
    db.read,
    platform,
    page.map(({ webhook }) => webhook),
  )
  return {
    body: {
      webhooks: page.map((row, place) => webhookMessage(row, events[place] ?? [])),
      next_page_token: found.length > limit && last ? encodePageToken(query, [last.webhook]) : undefined,
    },
  }
})
