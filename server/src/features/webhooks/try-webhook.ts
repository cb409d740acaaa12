import { randomUUID } from 'node:crypto'
import { handle } from '../../context/context.ts'
import * as contract from './webhook-contract.ts'
import { deliveryBody, eventName, sampleData } from './webhook-event-rules.ts'
import { webhookMessage } from './webhook-message.ts'
import { deliveryProblem } from './webhook-sender.ts'
import { eventsOfWebhooks, getWebhookRow } from './webhook-store.ts'

/** Sends a sample of the event asked for, or of the first one that the webhook hears of. */
export const testWebhook = handle(contract.testWebhook, async ({ db, platform, now, webhooks }, request) => {
  const row = await getWebhookRow(db.lookup, platform, request.webhook_id)
  const [events = []] = await eventsOfWebhooks(db.lookup, platform, [row.webhook])
  const asked = request.event ?? webhookMessage(row, events).events?.[0]
  const event = asked === undefined ? 'registered_model.created' : eventName(asked)
  const at = now()
  const delivery = { deliveryId: randomUUID(), body: deliveryBody(event, at, sampleData(event)), now: at }
  try {
    const { status } = await webhooks.send(row, delivery, new AbortController().signal)
    return { body: { result: { success: status < 400, response_status: status } } }
  } catch (error) {
    return { body: { result: { success: false, error_message: `Failed to test webhook: ${deliveryProblem(error)}` } } }
  }
})
