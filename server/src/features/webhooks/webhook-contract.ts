import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, empty, enumeration, int32, int64, list, message, required, string } from '../../contract/wire.ts'

const WebhookStatus = enumeration('WebhookStatus', { ACTIVE: 1, DISABLED: 2 })

const WebhookEntity = enumeration('WebhookEntity', {
  REGISTERED_MODEL: 1,
  MODEL_VERSION: 2,
  MODEL_VERSION_TAG: 3,
  MODEL_VERSION_ALIAS: 4,
  PROMPT: 5,
  PROMPT_VERSION: 6,
  PROMPT_TAG: 7,
  PROMPT_VERSION_TAG: 8,
  PROMPT_ALIAS: 9,
  BUDGET_POLICY: 10,
})

const WebhookAction = enumeration('WebhookAction', { CREATED: 1, UPDATED: 2, DELETED: 3, SET: 4, EXCEEDED: 5 })

const WebhookEvent = message('WebhookEvent', { entity: required(WebhookEntity), action: required(WebhookAction) })

export const Webhook = message('Webhook', {
  webhook_id: string('UUID.'),
  name: string(),
  description: string(),
  url: string(),
  events: list(WebhookEvent, 'Sorted by entity, then action.'),
  status: WebhookStatus,
  creation_timestamp: int64('Epoch milliseconds.'),
  last_updated_timestamp: int64('Epoch milliseconds.'),
})

const oneWebhook = message('Webhook.Response', { webhook: Webhook })
const webhookId = required(string('UUID.'))
const url = string('An https:// address that is on the public internet, unless the server allows others.')
const secret = string('Key of the signatures; encrypted where it is stored and never shown again.')

export const createWebhook = defineEndpoint({
  id: 'createWebhook',
  summary: 'Have an address told of what happens in the registry.',
  routes: [post('/2.0/mlflow/webhooks')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('CreateWebhook', {
    name: required(string('1 to 63 letters, digits, dots, underscores and hyphens; need not be unique.')),
    description: string(),
    url: required(url),
    events: required(list(WebhookEvent)),
    secret,
    status: WebhookStatus,
  }),
  reply: oneWebhook,
})

export const listWebhooks = defineEndpoint({
  id: 'listWebhooks',
  summary: 'The webhooks of the platform, newest first.',
  routes: [get('/2.0/mlflow/webhooks')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('ListWebhooks', { max_results: int32('1 to 1000; absent: 100.'), page_token: string() }),
  reply: message('ListWebhooks.Response', { webhooks: list(Webhook), next_page_token: string() }),
})

export const getWebhook = defineEndpoint({
  id: 'getWebhook',
  summary: 'Read a webhook.',
  routes: [get('/2.0/mlflow/webhooks/:webhook_id')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('GetWebhook', { webhook_id: webhookId }),
  reply: oneWebhook,
})

export const updateWebhook = defineEndpoint({
  id: 'updateWebhook',
  summary: 'Change a webhook. A new host without a new secret drops the old one.',
  routes: [patch('/2.0/mlflow/webhooks/:webhook_id')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('UpdateWebhook', {
    webhook_id: webhookId,
    name: string('Empty: stays as it is.'),
    description: string(),
    url,
    events: list(WebhookEvent, 'Replaces the events; empty: they stay as they are.'),
    secret,
    status: WebhookStatus,
  }),
  reply: oneWebhook,
})

export const deleteWebhook = defineEndpoint({
  id: 'deleteWebhook',
  summary: 'Delete a webhook; what waits to be sent to it is dropped.',
  routes: [del('/2.0/mlflow/webhooks/:webhook_id')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('DeleteWebhook', { webhook_id: webhookId }),
  reply: empty,
})

export const testWebhook = defineEndpoint({
  id: 'testWebhook',
  summary: 'Send a sample to a webhook and tell how it was received.',
  routes: [post('/2.0/mlflow/webhooks/:webhook_id/test')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('TestWebhook', { webhook_id: webhookId, event: WebhookEvent }),
  reply: message('TestWebhook.Response', {
    result: message('WebhookTestResult', {
      success: bool(),
      response_status: int32('HTTP status. What else the receiver answered is not told.'),
      error_message: string('Why there was no answer.'),
    }),
  }),
})

export const listWebhookDeliveries = defineEndpoint({
  id: 'listWebhookDeliveries',
  summary: 'What was sent to a webhook in the last seven days, and what waits, newest first.',
  routes: [get('/2.0/runstead/webhooks/:webhook_id/deliveries')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('ListWebhookDeliveries', {
    webhook_id: webhookId,
    max_results: int32('1 to 1000; absent: 100.'),
    page_token: string(),
  }),
  reply: message('ListWebhookDeliveries.Response', {
    deliveries: list(
      message('WebhookDelivery', {
        delivery_id: string('As in the header X-MLflow-Delivery-Id.'),
        event: WebhookEvent,
        state: enumeration('WebhookDeliveryState', { PENDING: 0, DELIVERED: 1, FAILED: 2 }),
        attempts: int32(),
        creation_timestamp: int64('When the event happened; epoch milliseconds.'),
        next_attempt_timestamp: int64('Of a pending one; epoch milliseconds.'),
        finished_timestamp: int64('Epoch milliseconds.'),
        response_status: int32('HTTP status of the last attempt.'),
        error_message: string('Why the last attempt failed.'),
      }),
    ),
    next_page_token: string(),
  }),
})
