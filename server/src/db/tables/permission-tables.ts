import type { Int64 } from '../../lib/int64.ts'

/** Who may do what, and what was done. The tables belong to platforms: `tenant` holds the platform's number. */
export interface PermissionTables {
  grants: GrantTable
  audit_events: AuditEventTable
}

/** What a grant is about. */
export const grantKind = { platform: 1, workspace: 2, model: 3 } as const
export type GrantKind = keyof typeof grantKind

/** Primary key (tenant, kind, object, grantee); index (tenant, grantee, kind, object). */
export interface GrantTable {
  tenant: number
  /** 1 the platform itself, 2 a workspace, 3 a registered model. */
  kind: number
  /** Number of the workspace or model; 0 for the platform. A model keeps its number when it is renamed. */
  object: Int64
  /** Id of a user, group or role; ids are not used again. */
  grantee: string
  /** USER, GROUP or ROLE. */
  grantee_type: string
  /** The grantee's name when the right was given; lists are sorted by it. */
  grantee_name: string
  /** One bit for each permission of the kind, the weakest first. */
  permissions: number
  created: Int64
  /** Id of the caller who gave it. */
  granted_by: string
}

/**
 * Every change and every refusal; append-only, but for what is older than the retention.
 * Primary key (tenant, event); indexes (tenant, caller_id, event), (tenant, operation, event), (tenant, target, event).
 */
export interface AuditEventTable {
  tenant: number
  /** 63-bit number made by the application when the row is written; sorts by that time. */
  event: Int64
  /** When it happened; for several calls, the first of them. */
  at: Int64
  /** Empty for a caller who did not say who it is. */
  caller_id: string
  caller_name: string
  /** Id of the endpoint, such as `deleteExperiment`. */
  operation: string
  /** What it was done to, such as `run:<id>`; empty where nothing is named. */
  target: string
  /** Number of the workspace; null at a platform's own paths. */
  workspace: number | null
  /** done, denied or unauthenticated. */
  outcome: string
  request_id: string
  /** How many calls the row stands for. */
  calls: Int64
}
