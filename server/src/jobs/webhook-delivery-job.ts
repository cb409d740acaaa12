import { randomUUID } from 'node:crypto'
import type { WebhookSender } from '../context/webhook-sender.ts'
import type { Database } from '../db/database.ts'
import { deliverWebhooks, forgetOldDeliveries } from '../features/webhooks/deliver-webhooks.ts'
import { type RepeatingJob, startRepeatingJob } from '../lib/repeating-job.ts'
import { platformOf } from '../lib/tenant.ts'

export interface WebhookDeliveryJobOptions {
  readonly database: Database
  readonly sender: WebhookSender
  readonly onError: (error: unknown) => void
  /** Wait between two looks at the outbox, ms. Default 1,000. */
  readonly intervalMs?: number
  /** Epoch ms. */
  readonly now?: () => number
}

/** How many looks lie between two at what is too old. */
const looksToForget = 600

/** Starts sending what waits in the outbox of webhooks. Several processes may run one each. */
export function startWebhookDeliveryJob(options: WebhookDeliveryJobOptions): RepeatingJob {
  const { database, sender, onError, intervalMs = 1000, now = Date.now } = options
  const holder = randomUUID()
  let looks = 0
  return startRepeatingJob({
    intervalMs,
    onError,
    look: async (signal) => {
      const work = { database, sender, holder, now, signal }
      const forgets = looks++ % looksToForget === 0
      const platforms = await database.lookup.selectFrom('platforms').select('platform').execute()
      for (const { platform } of platforms) {
        await deliverWebhooks(work, platformOf(platform))
        if (forgets) await forgetOldDeliveries(work, platformOf(platform))
      }
    },
  })
}
