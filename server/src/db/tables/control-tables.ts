import type { Int64 } from '../../lib/int64.ts'

/** What a platform knows of its workspaces, the asynchronous operations it has begun, and what is still to be removed. */
export interface ControlTables {
  workspace_details: WorkspaceDetailsTable
  async_operations: AsyncOperationTable
  purges: PurgeTable
  workspace_purges: WorkspacePurgeTable
}

/**
 * A workspace exists for clients when it has a row here that is not DELETED. `tenant` holds the platform's number.
 * Primary key (tenant, workspace).
 */
export interface WorkspaceDetailsTable {
  tenant: number
  /** The workspace's own number: `tenant` of its tables. */
  workspace: number
  key: string
  name: string
  description: string | null
  /** DEFAULT or USER. */
  type: string
  /** ACTIVE or DELETED: creating, changing and deleting end at once. */
  state: string
  created: Int64
  updated: Int64
  created_by: string
  created_by_name: string
  updated_by: string
  updated_by_name: string
  default_catalog: string | null
  /** NetworkConfigurationDetails as JSON; kept and shown, not acted upon. */
  network: string | null
  revision: Int64
}

/** `tenant` holds the platform's number. Primary key (tenant, operation); index (tenant, started). */
export interface AsyncOperationTable {
  tenant: number
  /** 32 hex digits. */
  operation: string
  resource_type: string
  action_type: string
  resource_name: string
  resource_display_name: string
  /** The workspace whose administrators may see it. */
  workspace: number | null
  created_by: string
  created_by_name: string
  started: Int64
  finished: Int64 | null
  status: string
  error_code: string | null
  error_message: string | null
}

/** Work list of the purge job: things that nobody sees any more. Primary key (tenant, purge). */
export interface PurgeTable {
  tenant: number
  /** 63-bit number, growing with time. */
  purge: Int64
  /** run, experiment, logged-model; experiment-deleted and experiment-restored: its runs follow it. */
  kind: string
  /** Number of the run, experiment or logged model. */
  subject: Int64
  /** What to remove from the artifact store; null for nothing. */
  artifact_uri: string | null
  since: Int64
}

/**
 * Deleted workspaces whose data is still to be removed. `tenant` holds the platform's number, so that an entry is written with
 * the deletion. Primary key (tenant, workspace).
 */
export interface WorkspacePurgeTable {
  tenant: number
  workspace: number
  /** When it was deleted. */
  since: Int64
}
