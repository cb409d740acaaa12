import type { Int64 } from '../../lib/int64.ts'
import type { ControlTables } from './control-tables.ts'
import type { IdentityTables } from './identity-tables.ts'
import type { LoginTables } from './login-tables.ts'
import type { PermissionTables } from './permission-tables.ts'
import type { RegistryTables } from './registry-tables.ts'
import type { RetryTables } from './retry-tables.ts'
import type { WebhookTables } from './webhook-tables.ts'

/**
 * The schema, as both engines have it. Every primary key and every index starts with `tenant` (but for the directory
 * tables `platforms` and `workspaces`), ids are made by the application, flags are 0/1 integers, times are epoch
 * milliseconds. `run`, `model` and `dataset` are 63-bit numbers, `key` numbers come from the `keys` catalogue.
 */
export interface Tables
  extends ControlTables,
    RegistryTables,
    RetryTables,
    IdentityTables,
    PermissionTables,
    LoginTables,
    WebhookTables {
  platforms: PlatformTable
  workspaces: WorkspaceTable
  experiments: ExperimentTable
  experiment_tags: ExperimentTagTable
  keys: KeyTable
  runs: RunTable
  metric_summary: MetricSummaryTable
  metric_segments: MetricSegmentTable
  series_todo: SeriesTodoTable
  params: RunTextTable
  tags: RunTextTable
  datasets: DatasetTable
  run_inputs: RunInputTable
  run_input_tags: RunInputTagTable
  run_model_inputs: RunModelInputTable
  run_model_outputs: RunModelOutputTable
  logged_models: LoggedModelTable
  logged_model_params: LoggedModelTextTable
  logged_model_tags: LoggedModelTextTable
  logged_model_metrics: LoggedModelMetricTable
  ingest_batches: IngestBatchTable
  leases: LeaseTable
}

export type Flag = 0 | 1

/** Directory table. Primary key (platform); unique (id). */
export interface PlatformTable {
  platform: number
  /** The id used in paths, such as `ocid1.aidataplatform.local..default`. */
  id: string
  name: string
  created: Int64
}

/** Directory table. Primary key (tenant); unique (platform, key). */
export interface WorkspaceTable {
  tenant: number
  platform: number
  /** The key used in paths, such as `default`. */
  key: string
  name: string
  created: Int64
  /** Number of the next experiment; read and raised in the transaction that creates one. 0: it takes no more. */
  next_experiment: Int64
}

/** Primary key (tenant, experiment); unique (tenant, name); index (tenant, created desc, experiment). */
export interface ExperimentTable {
  tenant: number
  experiment: Int64
  name: string
  artifact_location: string
  deleted: Flag
  created: Int64
  updated: Int64
  /** Next free `key` number of the catalogue. */
  next_key: number
  revision: Int64
}

/** Primary key (tenant, experiment, key). */
export interface ExperimentTagTable {
  tenant: number
  experiment: Int64
  key: string
  value: string
}

/** What kind of name a catalogue entry is. */
export const keyKind = { metric: 1, param: 2, tag: 3 } as const
export type KeyKind = (typeof keyKind)[keyof typeof keyKind]

/**
 * Catalogue of the metric, param and tag names seen in an experiment; entries never change.
 * Primary key (tenant, experiment, kind, key); unique (tenant, experiment, kind, name).
 */
export interface KeyTable {
  tenant: number
  experiment: Int64
  kind: KeyKind
  key: number
  name: string
}

/**
 * Primary key (tenant, run). Indexes (tenant, experiment, start_time desc, run),
 * (tenant, experiment, status, start_time desc, run), (tenant, experiment, name, run).
 */
export interface RunTable {
  tenant: number
  /** First 63 bits of the run id's 32 hex digits. */
  run: Int64
  run_id: string
  experiment: Int64
  name: string
  user_id: string
  /** MLflow's RunStatus number: 1 RUNNING, 2 SCHEDULED, 3 FINISHED, 4 FAILED, 5 KILLED. */
  status: number
  start_time: Int64
  end_time: Int64 | null
  deleted: Flag
  deleted_time: Int64 | null
  artifact_uri: string
  /** Raised by every change of this row or of the run's tags and params; the etag is made from it. */
  revision: Int64
}

/**
 * One row for each series (run, metric key), kept in the transaction that adds points.
 * Primary key (tenant, run, key); index (tenant, experiment, key, last_value desc nulls last, start_time desc, run).
 */
export interface MetricSummaryTable {
  tenant: number
  run: Int64
  key: number
  experiment: Int64
  /** Copied from the run; never changes. */
  start_time: Int64
  /** Latest value: greatest (step, timestamp, value), where NaN counts as 0. Null when that value is NaN. */
  last_value: number | null
  last_nan: Flag
  last_step: Int64
  last_ts: Int64
  /** Smallest and greatest value that is not NaN; null when there is none. */
  min_value: number | null
  max_value: number | null
  /** Value of the smallest (step, timestamp, value); null when that is NaN. */
  first_value: number | null
  first_nan: Flag
  first_step: Int64
  first_ts: Int64
  /** Upper bound of the number of points: exact repeats are dropped when segments are merged or read. */
  points: Int64
  nan_count: Int64
}

/**
 * What one commit added to one series, or a merged chunk of about 512 points.
 * Primary key (tenant, run, key, first_step, segment).
 */
export interface MetricSegmentTable {
  tenant: number
  run: Int64
  key: number
  first_step: Int64
  /** Unique within the series; made by the writer. */
  segment: Int64
  last_step: Int64
  first_ts: Int64
  last_ts: Int64
  n: number
  /** Null where all values are NaN. */
  vmin: number | null
  vmax: number | null
  vfirst: number | null
  vlast: number | null
  nan_count: number
  codec: number
  /** 0 = payload is here, 1 = in the blob store. */
  location: number
  payload: Uint8Array
}

/** Series with many unmerged segments: work list of the merge job. Primary key (tenant, run, key). */
export interface SeriesTodoTable {
  tenant: number
  run: Int64
  key: number
  since: Int64
}

/**
 * `params` and `tags`. Primary key (tenant, run, key);
 * index (tenant, experiment, key, value_key, start_time desc, run).
 */
export interface RunTextTable {
  tenant: number
  run: Int64
  key: number
  experiment: Int64
  start_time: Int64
  value: string
  /** First 64 characters of `value`, compared by code point. */
  value_key: string
}

/** Primary key (tenant, experiment, dataset); unique (tenant, experiment, name, digest). */
export interface DatasetTable {
  tenant: number
  experiment: Int64
  dataset: Int64
  name: string
  digest: string
  source_type: string
  source: string
  schema: string | null
  profile: string | null
}

/** Primary key (tenant, run, dataset); index (tenant, experiment, dataset, run). */
export interface RunInputTable {
  tenant: number
  run: Int64
  dataset: Int64
  experiment: Int64
  /** Order in which the inputs of a run were logged. */
  position: number
}

/** Primary key (tenant, run, dataset, name). */
export interface RunInputTagTable {
  tenant: number
  run: Int64
  dataset: Int64
  name: string
  value: string
}

/** Primary key (tenant, run, model_id). */
export interface RunModelInputTable {
  tenant: number
  run: Int64
  model_id: string
  position: number
}

/** Primary key (tenant, run, model_id). */
export interface RunModelOutputTable {
  tenant: number
  run: Int64
  model_id: string
  step: Int64
  position: number
}

/**
 * Primary key (tenant, model). Indexes (tenant, experiment, created desc, model),
 * (tenant, experiment, name_key, created desc, model), (tenant, source_run, created desc, model).
 */
export interface LoggedModelTable {
  tenant: number
  /** First 63 bits of the hex digits after `m-`. */
  model: Int64
  model_id: string
  experiment: Int64
  name: string
  /** First 64 characters of `name`, compared by code point. */
  name_key: string
  artifact_location: string
  model_type: string
  source_run_id: string
  /** Number of the source run; null where `source_run_id` is no run id. */
  source_run: Int64 | null
  /** 0 unspecified, 1 pending, 2 ready, 3 upload failed. */
  status: number
  created: Int64
  updated: Int64
  deleted: Flag
}

/**
 * `logged_model_params` and `logged_model_tags`. Primary key (tenant, model, key);
 * index (tenant, experiment, key, value_key, model).
 */
export interface LoggedModelTextTable {
  tenant: number
  model: Int64
  key: string
  experiment: Int64
  value: string
  /** First 64 characters of `value`, compared by code point. */
  value_key: string
}

/** Primary key (tenant, model, key, timestamp, step, run_id); index (tenant, experiment, key, value, model). */
export interface LoggedModelMetricTable {
  tenant: number
  model: Int64
  experiment: Int64
  key: string
  timestamp: Int64
  step: Int64
  run_id: string
  /** Null when NaN. */
  value: number | null
  dataset_name: string | null
  dataset_digest: string | null
  /** Insertion order within the model. */
  position: Int64
}

/** Groups that are committed: a retry after an unknown outcome finds its id here. Primary key (tenant, batch_id). */
export interface IngestBatchTable {
  tenant: number
  batch_id: string
  at: Int64
}

/** Who may run a background job; tenant 0 for server-wide jobs. Primary key (tenant, name). */
export interface LeaseTable {
  tenant: number
  name: string
  holder: string
  fence: Int64
  expires_at: Int64
}
