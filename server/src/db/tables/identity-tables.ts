import type { Int64 } from '../../lib/int64.ts'
import type { Flag } from './tables.ts'

/** Who may log in, and with what. The tables belong to platforms: `tenant` holds the platform's number. */
export interface IdentityTables {
  users: UserTable
  user_groups: UserGroupTable
  group_members: GroupMemberTable
  api_tokens: ApiTokenTable
  api_keys: ApiKeyTable
  identity_state: IdentityStateTable
}

/** People and service accounts. Primary key (tenant, id); unique (tenant, name), (tenant, issuer, subject). */
export interface UserTable {
  tenant: number
  /** `ocid1.user.local..<32 hex digits>`, or an OCID that the user has elsewhere; not used again after deletion. */
  id: string
  /** What the user logs in as; may be changed. */
  name: string
  /** person or service. */
  kind: string
  /** Whether everything on the platform is allowed. */
  administrator: Flag
  disabled: Flag
  /** Who vouches for the user: an OpenID provider's issuer and its subject there; null for users made here. */
  issuer: string | null
  subject: string | null
  created: Int64
  updated: Int64
  revision: Int64
}

/** Primary key (tenant, id); unique (tenant, name). */
export interface UserGroupTable {
  tenant: number
  /** `ocid1.group.local..<32 hex digits>`. */
  id: string
  name: string
  created: Int64
  updated: Int64
  revision: Int64
}

/** Primary key (tenant, group_id, user_id); index (tenant, user_id, group_id). */
export interface GroupMemberTable {
  tenant: number
  group_id: string
  user_id: string
  /** `local`, or the issuer of the OpenID provider that says so. */
  source: string
  created: Int64
}

/** Primary key (tenant, id); unique (tenant, digest); index (tenant, user_id, id). */
export interface ApiTokenTable {
  tenant: number
  /** 32 hex digits, sorting by time. */
  id: string
  user_id: string
  name: string
  /** SHA-256 of the token, base64url. The token itself is not kept. */
  digest: string
  /** read, write or admin. */
  access: string
  /** JSON list of the numbers of the only workspaces that it is good for; null: all. */
  workspaces: string | null
  created: Int64
  /** Null: never. */
  expires: Int64 | null
  /** When it was revoked; null: it was not. */
  revoked: Int64 | null
  /** Written some time after the use. */
  last_used: Int64 | null
}

/** Public keys of OCI request signatures. Primary key (tenant, user_id, fingerprint). */
export interface ApiKeyTable {
  tenant: number
  user_id: string
  /** MD5 of the key's SPKI form: 16 pairs of hex digits with `:` between. */
  fingerprint: string
  /** First part of the key id that clients send. */
  tenancy: string
  /** PEM, SPKI. */
  public_key: string
  disabled: Flag
  created: Int64
  last_used: Int64 | null
}

/** Primary key (tenant). */
export interface IdentityStateTable {
  tenant: number
  /** Raised by every change of the other tables but their `last_used`; tells other processes to forget what they remember. */
  revision: Int64
}
