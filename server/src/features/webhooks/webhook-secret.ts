import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts a secret for the database (AES-256-GCM). It opens only together with the id that it belongs to.
 *
 * @param key 32 bytes
 */
export function sealSecret(key: Buffer, webhookId: string, secret: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(webhookId))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')}`
}

/** @throws Error when it was sealed with another key, or for another webhook */
export function openSecret(key: Buffer, webhookId: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(webhookId))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
}

/** The headers of a delivery, as MLflow 3.17.0 sends them; signed where there is a secret. */
export function deliveryHeaders(
  { deliveryId, body, now }: { readonly deliveryId: string; readonly body: string; readonly now: number },
  secret: string | undefined,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const headers = {
    'Content-Type': 'application/json',
    'X-MLflow-Delivery-Id': deliveryId,
    'X-MLflow-Timestamp': timestamp,
    'User-Agent': 'Runstead',
  }
  if (secret === undefined) return headers
  const signature = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'X-MLflow-Signature': `v1,${signature}` }
}
