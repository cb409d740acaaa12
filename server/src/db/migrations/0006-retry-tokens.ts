import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Retry tokens with the answers they stand for, and the secrets that servers on one database share. */
export const retryTokens: Migration = {
  version: 6,
  name: 'retry tokens',
  statements: (engine: Engine) => tables.flatMap((table) => createTable(engine, table)),
}

const tables: readonly TableDefinition[] = [
  {
    name: 'retry_tokens',
    columns: {
      tenant: 'int4',
      token_id: 'text',
      body_hash: 'text',
      expires: 'int8',
      body: 'text?',
      outcome: 'text?',
      revision: 'int8?',
    },
    primaryKey: ['tenant', 'token_id'],
    indexes: { retry_tokens_expires: ['tenant', 'expires', 'token_id'] },
  },
  {
    name: 'server_secrets',
    columns: { tenant: 'int4', name: 'text', secret: 'bytes', created: 'int8' },
    primaryKey: ['tenant', 'name'],
  },
]
