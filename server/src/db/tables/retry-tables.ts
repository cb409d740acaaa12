import type { Int64 } from '../../lib/int64.ts'

/** What makes requests repeatable, and secrets that all servers on one database share. */
export interface RetryTables {
  retry_tokens: RetryTokenTable
  server_secrets: ServerSecretTable
}

/**
 * The answer of a request that carried a retry token, written in the transaction of its effect.
 * Primary key (tenant, token_id); index (tenant, expires, token_id).
 */
export interface RetryTokenTable {
  /** Number of the workspace or platform that the effect belongs to. */
  tenant: number
  /** Digest of the caller, the operation, the resource path and the token. */
  token_id: string
  /** SHA-256 of the request body. */
  body_hash: string
  /** Epoch ms from which the token is as good as new. */
  expires: Int64
  /** The body of the answer; null where it is rendered again from `outcome`. */
  body: string | null
  /** JSON of what the write came to, where the body cannot be known before it; else of what the answer tells in headers. */
  outcome: string | null
  /** What the etag of the answer is made from. */
  revision: Int64 | null
}

/** Secrets made by the first server on a database; tenant 0. Primary key (tenant, name). */
export interface ServerSecretTable {
  tenant: number
  name: string
  secret: Uint8Array
  created: Int64
}
