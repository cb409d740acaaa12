/** A webhook, as far as something is sent to it. */
export interface WebhookTarget {
  readonly webhook_id: string
  readonly url: string
  /** Encrypted; null: deliveries are not signed. */
  readonly secret: string | null
}

/** What goes out in one attempt. */
export interface WebhookMessage {
  /** UUID, the same in every attempt. */
  readonly deliveryId: string
  readonly body: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** How a receiver answered. */
export interface WebhookAnswer {
  readonly status: number
  /** Header `retry-after`. */
  readonly retryAfter: string | undefined
}

/** What deliveries of webhooks go out by. */
export interface WebhookSender {
  /** The target in canonical form. @throws AppError `invalid-parameter` when it may not be asked */
  checkTarget(url: string): Promise<string>
  /** Encrypts the secret of a webhook. */
  seal(webhookId: string, secret: string): string
  /** Sends one message and waits for the answer. @throws when there is none */
  send(webhook: WebhookTarget, message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>
}
