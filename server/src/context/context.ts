import type { Readable } from 'node:stream'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { AnyEndpoint, Dialect, Endpoint, StreamEndpoint } from '../contract/endpoint.ts'
import type { Output, WireType } from '../contract/wire.ts'
import type { Database } from '../db/database.ts'
import type { GrantCache } from '../features/permissions/grant-cache.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Caller } from '../lib/caller.ts'
import type { Int64 } from '../lib/int64.ts'
import type { LinearPattern } from '../lib/linear-pattern.ts'
import type { Platform, Tenant } from '../lib/tenant.ts'
import type { IdentityDirectory } from './identity-directory.ts'
import type { WebhookSender } from './webhook-sender.ts'
import type { WorkspaceDirectory } from './workspace-directory.ts'

export interface Log {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** What a handler may use: the ports, and for whom it works. */
export interface Context {
  readonly db: Database
  readonly ingest: Ingest
  /** What callers were given, as remembered; handlers that take a grant away make it forget. */
  readonly grants: GrantCache
  readonly blobs: BlobStore
  readonly identities: IdentityDirectory
  readonly workspaces: WorkspaceDirectory
  readonly webhooks: WebhookSender
  /** What the source of a new model version must match; undefined: any. */
  readonly modelSourcePattern: LinearPattern | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Log
  /** The workspace of the mount; at a platform's own mount its default workspace. */
  readonly tenant: Tenant
  /** Key of that workspace: `default`, or a UUID. */
  readonly workspaceKey: string
  /** The platform of the mount: owner of the registry. */
  readonly platform: Platform
  /** Where the request came in: `platform` is a mount without a workspace, for the registry alone. */
  readonly mount: 'stock' | 'workspace' | 'platform'
  /** Whose rules hold where AIDP and MLflow differ: AIDP's at the routes of its operations. */
  readonly dialect: Dialect
  readonly caller: Caller
}

/** A handler's answer. `revision` is that of the entity read or written; the OCI wire makes the etag from it. */
export interface Answer<Body> {
  readonly body: Body
  readonly revision?: Int64
  /** Token of the next page, of lists that have no `next_page_token` in the body; `opc-next-page`. */
  readonly nextPageToken?: string
  /** Key of the asynchronous operation that the request has begun; `aidp-async-operation-key`. */
  readonly asyncOperationKey?: string
  /** Path of what was created, below the path that it was posted to; `location` and `content-location`. */
  readonly created?: string
}

/** The request of a stream endpoint. Header names are lower-case. */
export interface StreamRequest {
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
}

/** The answer of a stream endpoint. */
export interface StreamAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Of chunks, each is good until the next one is asked for. */
  readonly body?: AsyncIterable<Buffer> | Buffer | string
}

export interface MessageHandler {
  readonly endpoint: Endpoint
  readonly handle: (context: Context, request: unknown) => Promise<Answer<unknown>>
  /**
   * Of a handler that creates something: whether what an earlier answer tells of still exists and is not deleted. Otherwise
   * the retry token of that answer is not good any more.
   */
  readonly stillExists?: (context: Context, body: unknown) => Promise<boolean>
}

export interface StreamHandler {
  readonly endpoint: StreamEndpoint
  readonly handle: (context: Context, request: StreamRequest) => Promise<StreamAnswer>
}

export type Handler = MessageHandler | StreamHandler

/**
 * Binds a function to the endpoint that it answers; the types of both sides come from the declaration. What it writes, it
 * writes in one transaction: the callback of `db.write` returns the answer, so that a retry token is kept with it.
 */
export function handle<Req, Rep>(
  endpoint: Endpoint<Req, Rep>,
  answer: (context: Context, request: Req) => Promise<Answer<Output<WireType<Rep>>>>,
  stillExists?: (context: Context, body: Output<WireType<Rep>>) => Promise<boolean>,
): MessageHandler {
  return {
    endpoint: endpoint as Endpoint,
    handle: answer as MessageHandler['handle'],
    ...(stillExists === undefined ? {} : { stillExists: stillExists as NonNullable<MessageHandler['stillExists']> }),
  }
}

/** Binds a function to a stream endpoint. */
export function handleStream(endpoint: StreamEndpoint, answer: StreamHandler['handle']): StreamHandler {
  return { endpoint, handle: answer }
}

export function isStreamHandler(handler: Handler): handler is StreamHandler {
  return (handler.endpoint as AnyEndpoint).kind === 'stream'
}
