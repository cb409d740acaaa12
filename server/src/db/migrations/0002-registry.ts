import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** The model registry: its tables belong to platforms, whose number is in the `tenant` column. */
export const registry: Migration = {
  version: 2,
  name: 'registry',
  statements: (engine: Engine) => tables.flatMap((table) => createTable(engine, table)),
}

const tables: readonly TableDefinition[] = [
  {
    name: 'registered_models',
    columns: {
      tenant: 'int4',
      model: 'int8',
      name: 'text',
      description: 'text?',
      deployment_job_id: 'text?',
      is_prompt: 'int2',
      created: 'int8',
      updated: 'int8',
      next_version: 'int4',
      revision: 'int8',
    },
    primaryKey: ['tenant', 'model'],
    unique: [['tenant', 'name']],
    indexes: {
      registered_models_listed: ['tenant', 'is_prompt', 'name'],
      registered_models_updated: ['tenant', 'is_prompt', 'updated desc', 'name'],
    },
    storage: 'fillfactor = 80',
  },
  {
    name: 'registered_model_tags',
    columns: { tenant: 'int4', model: 'int8', key: 'text', value: 'text', value_key: 'text' },
    primaryKey: ['tenant', 'model', 'key'],
    indexes: { registered_model_tags_value: ['tenant', 'key', 'value_key', 'model'] },
  },
  {
    name: 'model_versions',
    columns: {
      tenant: 'int4',
      model: 'int8',
      version: 'int4',
      created: 'int8',
      updated: 'int8',
      description: 'text?',
      user_id: 'text',
      stage: 'text',
      source: 'text',
      source_key: 'text',
      storage_location: 'text?',
      run_id: 'text',
      run_link: 'text',
      model_id: 'text',
      source_tenant: 'int4?',
      status: 'int2',
      status_message: 'text',
      revision: 'int8',
    },
    primaryKey: ['tenant', 'model', 'version'],
    indexes: {
      model_versions_updated: ['tenant', 'updated desc', 'model', 'version'],
      model_versions_model_updated: ['tenant', 'model', 'updated desc', 'version desc'],
      model_versions_created: ['tenant', 'created desc', 'model', 'version'],
      model_versions_number: ['tenant', 'version', 'model'],
      model_versions_stage: ['tenant', 'model', 'stage', 'version'],
      model_versions_run: ['tenant', 'run_id', 'model', 'version'],
      model_versions_source: ['tenant', 'source_key', 'model', 'version'],
    },
    storage: 'fillfactor = 80',
  },
  {
    name: 'model_version_tags',
    columns: { tenant: 'int4', model: 'int8', version: 'int4', key: 'text', value: 'text', value_key: 'text' },
    primaryKey: ['tenant', 'model', 'version', 'key'],
    indexes: { model_version_tags_value: ['tenant', 'key', 'value_key', 'model', 'version'] },
  },
  {
    name: 'model_aliases',
    columns: { tenant: 'int4', model: 'int8', alias: 'text', version: 'int4' },
    primaryKey: ['tenant', 'model', 'alias'],
    indexes: { model_aliases_version: ['tenant', 'model', 'version', 'alias'] },
  },
  {
    name: 'registry_events',
    columns: {
      tenant: 'int4',
      event: 'int8',
      at: 'int8',
      model: 'int8',
      name: 'text',
      version: 'int4?',
      kind: 'text',
      key: 'text?',
      old_value: 'text?',
      new_value: 'text?',
      caller_id: 'text',
      caller_name: 'text',
    },
    primaryKey: ['tenant', 'event'],
    indexes: {
      registry_events_model: ['tenant', 'model', 'event'],
      registry_events_name: ['tenant', 'name', 'event'],
    },
  },
  {
    name: 'registry_purges',
    columns: { tenant: 'int4', model: 'int8', since: 'int8' },
    primaryKey: ['tenant', 'model'],
  },
]
