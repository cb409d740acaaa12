import type { BlobKey } from './blob-path.ts'

/** Facts of one blob, enough for conditional requests. */
export interface BlobStat {
  /** Bytes. */
  readonly size: number
  /** Strong validator in quotes, ready for the `ETag` header; other bytes have another one, the same bytes may. */
  readonly etag: string
  /** Time of the last write; HTTP shows whole seconds of it. */
  readonly lastModified: Date
}

/** What lies at a key: a blob, a folder of blobs, or (undefined) nothing. */
export type BlobHead = ({ readonly kind: 'file' } & BlobStat) | { readonly kind: 'directory' }

/** First and last byte, both included, inside the blob. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * A blob held open: what is read belongs to its stat, even when the key is overwritten or deleted meanwhile, or fails.
 * It can be read once, which releases it in the end (chunks do so when they have been gone through or broken off); else
 * dispose it.
 */
export interface OpenBlob extends BlobStat, AsyncDisposable {
  /**
   * The bytes, or a part of them, read only as fast as the consumer takes them. A chunk is good until the next one is asked
   * for, since its memory is used again. When the blob has been overwritten since, the promise or the iteration fails in a
   * store that cannot hold it open (S3).
   */
  chunks(range?: ByteRange): Promise<AsyncIterable<Buffer>>
  /** The bytes, or a part of them, at once: for a few of them. */
  bytes(range?: ByteRange): Promise<Buffer>
}

export interface BlobEntry {
  /** The last part of the key. */
  readonly name: string
  readonly isDirectory: boolean
  /** Bytes; 0 for a folder. */
  readonly size: number
}

export interface BlobPage {
  readonly entries: readonly BlobEntry[]
  /** Give it as `after` to get the next page; absent on the last one. */
  readonly next?: string
}

export interface ListOptions {
  /** Most entries of a page; all of them when absent. */
  readonly limit?: number
  /** Only entries whose name comes after this one. */
  readonly after?: string
}

/**
 * Where artifacts lie. Every implementation passes `testing/blob-store-suite.ts`.
 *
 * Folders come into being with the first blob below them. A key is either a blob or a folder; putting one where the
 * other lies is refused with invalid-parameter (a store without folders, such as S3, need not refuse).
 */
export interface BlobStore {
  /** What lies there, such as `/data/artifacts` or `s3://bucket/prefix`; for people. */
  readonly location: string

  /**
   * Stores all bytes of `source` under `key`, taking them only as fast as they can be stored. Readers see the old blob or
   * the whole new one, never a part. It is on disk (or as safe as the store makes it) when the promise resolves. When the
   * source fails, the promise rejects with its error and the old blob stays. When the store fails, a source that is a stream
   * is left as it is, not destroyed.
   * Of several writers of one key the last to complete wins.
   * @throws invalid-parameter when the key is a folder or lies below a blob
   */
  put(key: BlobKey, source: AsyncIterable<Uint8Array>): Promise<void>

  /** What lies at the key; undefined when nothing does. */
  head(key: BlobKey): Promise<BlobHead | undefined>

  /** Opens the blob at the key; undefined when there is none (a folder is none). */
  open(key: BlobKey): Promise<OpenBlob | undefined>

  /** One level of a folder, ordered by code point as MLflow does; nothing for a missing key or a blob. */
  list(folder: BlobKey, options?: ListOptions): Promise<BlobPage>

  /** Removes the blob at the key, or the folder with all below it; nothing there is fine. */
  remove(key: BlobKey): Promise<void>

  /** What clients can do by themselves at a key; undefined where they cannot reach the store. */
  directFor(key: BlobKey): DirectAccess | undefined

  /**
   * The path of a location that somebody names, such as `s3://bucket/prefix/x`, below the root of the store; empty for the
   * root itself, undefined for what is not in the store. Local directories have no such locations: a path names the disk
   * of whoever says it.
   */
  pathOf(location: string): string | undefined
}

/** A request that a client may make straight to the store. */
export interface PresignedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface UploadPart {
  /** From 1. */
  readonly partNumber: number
  readonly etag: string
}

/** What a store offers whose clients can fetch and send bytes without passing through this server. */
export interface DirectAccess {
  /**
   * A download, by GET. `seconds` is how long the request stays valid; `disposition` is the `Content-Disposition` that the
   * store answers with.
   */
  presignGet(key: BlobKey, seconds: number, disposition?: string): Promise<PresignedRequest>
  /** An upload in one piece, by PUT. */
  presignPut(key: BlobKey, seconds: number, contentType: string): Promise<PresignedRequest>
  /** Begins an upload in `parts` parts; the requests are in part order. */
  createMultipart(key: BlobKey, parts: number): Promise<{ uploadId: string; requests: readonly PresignedRequest[] }>
  /**
   * Puts the parts together. They are in order.
   * @throws not-found for an unknown upload, invalid-parameter for parts that are not as they were sent
   */
  completeMultipart(key: BlobKey, uploadId: string, parts: readonly UploadPart[]): Promise<void>
  /** Removes the parts. @throws not-found for an unknown upload */
  abortMultipart(key: BlobKey, uploadId: string): Promise<void>
}
