import type { Handler } from '../../context/context.ts'
import { createWebhook, deleteWebhook, updateWebhook } from './change-webhook.ts'
import { listWebhookDeliveries } from './list-webhook-deliveries.ts'
import { getWebhook, listWebhooks } from './read-webhooks.ts'
import { testWebhook } from './try-webhook.ts'

export const webhookHandlers: readonly Handler[] = [
  createWebhook,
  listWebhooks,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  testWebhook,
  listWebhookDeliveries,
]
