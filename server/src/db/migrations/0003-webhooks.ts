import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Webhooks and what is to be sent to them: tables of platforms, whose number is in the `tenant` column. */
export const webhooks: Migration = {
  version: 3,
  name: 'webhooks',
  statements: (engine: Engine) => tables.flatMap((table) => createTable(engine, table)),
}

const tables: readonly TableDefinition[] = [
  {
    name: 'webhooks',
    columns: {
      tenant: 'int4',
      webhook: 'int8',
      webhook_id: 'text',
      name: 'text',
      description: 'text?',
      url: 'text',
      secret: 'text?',
      active: 'int2',
      created: 'int8',
      updated: 'int8',
      failures: 'int4',
      blocked_until: 'int8',
    },
    primaryKey: ['tenant', 'webhook'],
    unique: [['tenant', 'webhook_id']],
    storage: 'fillfactor = 80',
  },
  {
    name: 'webhook_events',
    columns: { tenant: 'int4', event: 'text', webhook: 'int8' },
    primaryKey: ['tenant', 'event', 'webhook'],
    indexes: { webhook_events_webhook: ['tenant', 'webhook', 'event'] },
  },
  {
    name: 'webhook_deliveries',
    columns: {
      tenant: 'int4',
      delivery: 'int8',
      webhook: 'int8',
      delivery_id: 'text',
      event: 'text',
      body: 'text',
      state: 'int2',
      attempts: 'int4',
      created: 'int8',
      due: 'int8',
      finished: 'int8?',
      last_status: 'int4?',
      last_error: 'text?',
    },
    primaryKey: ['tenant', 'delivery'],
    indexes: {
      webhook_deliveries_due: ['tenant', 'webhook', 'state', 'due', 'delivery'],
      webhook_deliveries_log: ['tenant', 'webhook', 'delivery'],
    },
    storage: 'fillfactor = 80',
  },
]
