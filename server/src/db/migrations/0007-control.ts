import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Workspaces as clients manage them, asynchronous operations, and what the purge job has to do. */
export const control: Migration = {
  version: 7,
  name: 'control',
  statements: (engine: Engine) => [
    ...tables.flatMap((table) => createTable(engine, table)),
    `insert into workspace_details
        (tenant, workspace, key, name, description, type, state, created, updated, created_by, created_by_name,
         updated_by, updated_by_name, default_catalog, network, revision)
      select platform, tenant, key, name, null, case when key = 'default' then 'DEFAULT' else 'USER' end, 'ACTIVE',
         created, created, 'system', 'system', 'system', 'system', 'default', null, 1
      from workspaces where true on conflict do nothing`,
  ],
}

const tables: readonly TableDefinition[] = [
  {
    name: 'workspace_details',
    columns: {
      tenant: 'int4',
      workspace: 'int4',
      key: 'text',
      name: 'text',
      description: 'text?',
      type: 'text',
      state: 'text',
      created: 'int8',
      updated: 'int8',
      created_by: 'text',
      created_by_name: 'text',
      updated_by: 'text',
      updated_by_name: 'text',
      default_catalog: 'text?',
      network: 'text?',
      revision: 'int8',
    },
    primaryKey: ['tenant', 'workspace'],
    unique: [['tenant', 'key']],
    indexes: {
      workspace_details_name: ['tenant', 'name', 'workspace'],
      workspace_details_created: ['tenant', 'created', 'workspace'],
    },
  },
  {
    name: 'async_operations',
    columns: {
      tenant: 'int4',
      operation: 'text',
      resource_type: 'text',
      action_type: 'text',
      resource_name: 'text',
      resource_display_name: 'text',
      workspace: 'int4?',
      created_by: 'text',
      created_by_name: 'text',
      started: 'int8',
      finished: 'int8?',
      status: 'text',
      error_code: 'text?',
      error_message: 'text?',
    },
    primaryKey: ['tenant', 'operation'],
    indexes: { async_operations_started: ['tenant', 'started', 'operation'] },
  },
  {
    name: 'purges',
    columns: { tenant: 'int4', purge: 'int8', kind: 'text', subject: 'int8', artifact_uri: 'text?', since: 'int8' },
    primaryKey: ['tenant', 'purge'],
  },
  {
    name: 'workspace_purges',
    columns: { tenant: 'int4', workspace: 'int4', since: 'int8' },
    primaryKey: ['tenant', 'workspace'],
  },
]
