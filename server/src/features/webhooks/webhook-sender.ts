import type { WebhookSender } from '../../context/webhook-sender.ts'
import { invalidParameter } from '../../errors/errors.ts'
import type { OutboundRules } from '../../outbound/outbound-post.ts'
import { allowedAddresses, outboundPost, TargetRefused } from '../../outbound/outbound-post.ts'
import { readWebhookUrl } from './webhook-rules.ts'
import { deliveryHeaders, openSecret, sealSecret } from './webhook-secret.ts'

/** @param key 32 bytes, for the secrets in the database */
export function createWebhookSender(rules: OutboundRules, key: Buffer): WebhookSender {
  return {
    async checkTarget(text) {
      const url = readWebhookUrl(text, rules.schemes)
      try {
        await allowedAddresses(url.hostname, rules)
      } catch (error) {
        if (error instanceof TargetRefused) throw invalidParameter(`Webhook URL ${error.message}`, { field: 'url' })
        throw error
      }
      return url.href
    },
    seal: (webhookId, secret) => sealSecret(key, webhookId, secret),
    send: async (webhook, delivery, signal) => {
      const secret = webhook.secret === null ? undefined : openSecret(key, webhook.webhook_id, webhook.secret)
      return outboundPost(new URL(webhook.url), deliveryHeaders(delivery, secret), delivery.body, rules, signal)
    },
  }
}

/** An error of a delivery in words for whoever owns the webhook. */
export function deliveryProblem(error: unknown): string {
  if (error instanceof TargetRefused) return `Webhook URL ${error.message}`
  const { code, message } = error as { code?: string; message?: string }
  return code === undefined ? (message ?? String(error)) : `No connection: ${code}.`
}
