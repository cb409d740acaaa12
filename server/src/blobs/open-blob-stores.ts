import type { BlobStore } from './blob-store.ts'
import { openFileBlobStore } from './file/file-blob-store.ts'
import { namedBlobStores } from './named-blob-stores.ts'
import type { S3Options } from './s3/s3-options.ts'

/** Where a store is. */
export type BlobStorePlace =
  | { readonly kind: 'file'; readonly directory: string }
  | ({ readonly kind: 's3' } & S3Options)

export interface OpenBlobStores {
  /** All of them as one, see `namedBlobStores`. */
  readonly blobs: BlobStore
  /** Whether a client that sends large files in parts gets on: where it cannot, it is told so and streams. */
  readonly multipartUploads: boolean
  /** Whether a client gets on that asks for a presigned URL for every download: no store may refuse. */
  readonly multipartDownloads: boolean
}

/**
 * Opens the main store and the named ones. The S3 client is loaded only when there is such a store.
 * @throws Error when a directory cannot be made or a region is not known
 */
export async function openBlobStores(
  main: BlobStorePlace,
  named: ReadonlyMap<string, BlobStorePlace>,
): Promise<OpenBlobStores> {
  const stores = new Map<string, BlobStore>()
  for (const [name, place] of named) stores.set(name, await openBlobStore(place))
  const places = [main, ...named.values()]
  const isDirect = (place: BlobStorePlace): boolean => place.kind === 's3' && place.direct
  return {
    blobs: namedBlobStores(await openBlobStore(main), stores),
    multipartUploads: places.some(isDirect),
    multipartDownloads: places.every(isDirect),
  }
}

async function openBlobStore(place: BlobStorePlace): Promise<BlobStore> {
  if (place.kind === 'file') return openFileBlobStore(place.directory)
  const { openS3BlobStore } = await import('./s3/s3-blob-store.ts')
  return openS3BlobStore(place)
}
