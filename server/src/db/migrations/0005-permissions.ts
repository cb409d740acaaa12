import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Grants and the audit log: their tables belong to platforms, whose number is in the `tenant` column. */
export const permissions: Migration = {
  version: 5,
  name: 'permissions',
  statements: (engine: Engine) => tables.flatMap((table) => createTable(engine, table)),
}

const tables: readonly TableDefinition[] = [
  {
    name: 'grants',
    columns: {
      tenant: 'int4',
      kind: 'int2',
      object: 'int8',
      grantee: 'text',
      grantee_type: 'text',
      grantee_name: 'text',
      permissions: 'int2',
      created: 'int8',
      granted_by: 'text',
    },
    primaryKey: ['tenant', 'kind', 'object', 'grantee'],
    indexes: { grants_grantee: ['tenant', 'grantee', 'kind', 'object'] },
  },
  {
    name: 'audit_events',
    columns: {
      tenant: 'int4',
      event: 'int8',
      at: 'int8',
      caller_id: 'text',
      caller_name: 'text',
      operation: 'text',
      target: 'text',
      workspace: 'int4?',
      outcome: 'text',
      request_id: 'text',
      calls: 'int8',
    },
    primaryKey: ['tenant', 'event'],
    indexes: {
      audit_events_caller: ['tenant', 'caller_id', 'event'],
      audit_events_operation: ['tenant', 'operation', 'event'],
      audit_events_target: ['tenant', 'target', 'event'],
    },
  },
]
