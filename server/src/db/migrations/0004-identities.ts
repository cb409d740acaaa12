import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Users, groups, tokens and keys: their tables belong to platforms, whose number is in the `tenant` column. */
export const identities: Migration = {
  version: 4,
  name: 'identities',
  statements: (engine: Engine) => tables.flatMap((table) => createTable(engine, table)),
}

const tables: readonly TableDefinition[] = [
  {
    name: 'users',
    columns: {
      tenant: 'int4',
      id: 'text',
      name: 'text',
      kind: 'text',
      administrator: 'int2',
      disabled: 'int2',
      issuer: 'text?',
      subject: 'text?',
      created: 'int8',
      updated: 'int8',
      revision: 'int8',
    },
    primaryKey: ['tenant', 'id'],
    unique: [
      ['tenant', 'name'],
      ['tenant', 'issuer', 'subject'],
    ],
  },
  {
    name: 'user_groups',
    columns: { tenant: 'int4', id: 'text', name: 'text', created: 'int8', updated: 'int8', revision: 'int8' },
    primaryKey: ['tenant', 'id'],
    unique: [['tenant', 'name']],
  },
  {
    name: 'group_members',
    columns: { tenant: 'int4', group_id: 'text', user_id: 'text', source: 'text', created: 'int8' },
    primaryKey: ['tenant', 'group_id', 'user_id'],
    indexes: { group_members_user: ['tenant', 'user_id', 'group_id'] },
  },
  {
    name: 'api_tokens',
    columns: {
      tenant: 'int4',
      id: 'text',
      user_id: 'text',
      name: 'text',
      digest: 'text',
      access: 'text',
      workspaces: 'text?',
      created: 'int8',
      expires: 'int8?',
      revoked: 'int8?',
      last_used: 'int8?',
    },
    primaryKey: ['tenant', 'id'],
    unique: [['tenant', 'digest']],
    indexes: { api_tokens_user: ['tenant', 'user_id', 'id'] },
  },
  {
    name: 'api_keys',
    columns: {
      tenant: 'int4',
      user_id: 'text',
      fingerprint: 'text',
      tenancy: 'text',
      public_key: 'text',
      disabled: 'int2',
      created: 'int8',
      last_used: 'int8?',
    },
    primaryKey: ['tenant', 'user_id', 'fingerprint'],
  },
  {
    name: 'identity_state',
    columns: { tenant: 'int4', revision: 'int8' },
    primaryKey: ['tenant'],
  },
]
