import type { Int64 } from '../../lib/int64.ts'

/** Browsers in which people have logged in. The table belongs to platforms: `tenant` holds the platform's number. */
export interface LoginTables {
  login_sessions: LoginSessionTable
}

/** Primary key (tenant, digest); indexes (tenant, user_id, digest), (tenant, expires, digest). */
export interface LoginSessionTable {
  tenant: number
  /** SHA-256 of the session's secret, base64url. The secret is in the browser's cookie alone. */
  digest: string
  user_id: string
  created: Int64
  /** Epoch ms from which on it is refused. */
  expires: Int64
}
