import type { Int64 } from '../../lib/int64.ts'
import type { Flag } from './tables.ts'

/** The model registry. Its tables belong to platforms: `tenant` holds the platform's number. */
export interface RegistryTables {
  registered_models: RegisteredModelTable
  registered_model_tags: RegisteredModelTagTable
  model_versions: ModelVersionTable
  model_version_tags: ModelVersionTagTable
  model_aliases: ModelAliasTable
  registry_events: RegistryEventTable
  registry_purges: RegistryPurgeTable
}

/**
 * Primary key (tenant, model); unique (tenant, name). Indexes (tenant, is_prompt, name) and
 * (tenant, is_prompt, updated desc, name).
 *
 * A model that is deleted loses this row at once and everything else of it little by little (`registry_purges`): what has
 * no row here is not there, so whatever reads versions, tags or aliases comes by this table.
 */
export interface RegisteredModelTable {
  tenant: number
  /** 63-bit number made by the application; it stays when the model is renamed. */
  model: Int64
  name: string
  /** Null where none was given; an empty text is kept. */
  description: string | null
  deployment_job_id: string | null
  /** Whether tag `mlflow.prompt.is_prompt` says true. */
  is_prompt: Flag
  created: Int64
  updated: Int64
  /** Number of the next version: numbers of deleted versions are not used again. */
  next_version: number
  /** Raised by every change of this row, its tags and aliases; the etag is made from it. */
  revision: Int64
}

/** Primary key (tenant, model, key); index (tenant, key, value_key, model). */
export interface RegisteredModelTagTable {
  tenant: number
  model: Int64
  key: string
  value: string
  /** First 64 characters of `value`, compared by code point. */
  value_key: string
}

/**
 * Primary key (tenant, model, version). Indexes (tenant, updated desc, model, version), (tenant, model, updated desc,
 * version desc), (tenant, created desc, model, version), (tenant, model, stage, version), (tenant, run_id, model, version),
 * (tenant, source_key, model, version).
 */
export interface ModelVersionTable {
  tenant: number
  model: Int64
  version: number
  created: Int64
  updated: Int64
  description: string | null
  user_id: string
  /** None, Staging, Production or Archived. */
  stage: string
  /** As it was given. */
  source: string
  /** First 64 characters of `source`, compared by code point. */
  source_key: string
  /** Where the files lie, when that is not `source`: a `models:/` source resolved. */
  storage_location: string | null
  /** Empty where none was given. */
  run_id: string
  run_link: string
  /** Id of the logged model; empty where there is none. */
  model_id: string
  /** Workspace in which `run_id` or `model_id` was found, and whose part of the artifact store has the files. */
  source_tenant: number | null
  /** 1 PENDING_REGISTRATION, 2 FAILED_REGISTRATION, 3 READY. */
  status: number
  status_message: string
  revision: Int64
}

/** Primary key (tenant, model, version, key); index (tenant, key, value_key, model, version). */
export interface ModelVersionTagTable {
  tenant: number
  model: Int64
  version: number
  key: string
  value: string
  value_key: string
}

/** Primary key (tenant, model, alias); index (tenant, model, version, alias). */
export interface ModelAliasTable {
  tenant: number
  model: Int64
  alias: string
  version: number
}

/**
 * Who changed what in the registry, and when; append-only. Primary key (tenant, event). Indexes (tenant, model, event),
 * (tenant, name, event).
 */
export interface RegistryEventTable {
  tenant: number
  /** 63-bit number made by the application; sorts by time. */
  event: Int64
  at: Int64
  model: Int64
  /** The model's name at that time. */
  name: string
  version: number | null
  /** What happened, such as `model_version.stage_changed`. */
  kind: string
  /** Tag key or alias, where the event is about one. */
  key: string | null
  old_value: string | null
  new_value: string | null
  caller_id: string
  caller_name: string
}

/** Deleted models whose versions, tags and aliases are still to be removed: a work list. Primary key (tenant, model). */
export interface RegistryPurgeTable {
  tenant: number
  model: Int64
  since: Int64
}
