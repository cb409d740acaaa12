import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { isMissing, storeErrorOf } from './s3-errors.ts'
import { locationOf, type S3Options } from './s3-options.ts'

/** ms that the store may be silent unless the options say otherwise. */
const defaultPatience = 30_000
/** Bytes a second below which an upload is given up. */
const slowestUpload = 32 * 1024
/** ms to find a way to the store at all. */
const connectionLimit = 5_000
/** Connections to the store at once; downloads hold one for as long as their reader takes. */
const mostConnections = 1_000

/** Limits of one call; pass them to the client as they are. */
export interface CallLimits {
  /** ms until the answer begins. */
  readonly requestTimeout: number
  readonly abortSignal?: AbortSignal
}

/** A bucket, how to call it, and what its errors mean. */
export interface S3Connection {
  readonly bucket: string
  readonly location: string
  /** ms that the store may be silent. */
  readonly patience: number
  /** Makes the URLs for clients. */
  readonly presigner: S3Client
  /**
   * Calls the store.
   * @throws AppError `unavailable` and the like, see `storeErrorOf`
   */
  call<T>(work: (client: S3Client) => Promise<T>): Promise<T>
  /** Calls the store; undefined when what is asked for is not there. */
  find<T>(work: (client: S3Client) => Promise<T>): Promise<T | undefined>
  /** Limits for sending that many bytes. */
  limits(bytes: number, abortSignal?: AbortSignal): CallLimits
}

/**
 * Prepares the connection; the store itself is not asked yet.
 * @throws Error when no region can be found
 */
export async function connectToS3(options: S3Options): Promise<S3Connection> {
  const location = locationOf(options)
  const patience = options.patience ?? defaultPatience
  const client = new S3Client(clientConfig(options, options.endpoint, patience))
  const presigner =
    options.publicEndpoint === undefined
      ? client
      : new S3Client(clientConfig(options, options.publicEndpoint, patience))
  try {
    await client.config.region()
  } catch (cause) {
    throw new Error(`The region of ${location} is not known: set RUNSTEAD_S3_REGION or AWS_REGION.`, { cause })
  }
  return {
    bucket: options.bucket,
    location,
    patience,
    presigner,
    async call(work) {
      try {
        return await work(client)
      } catch (error) {
        throw storeErrorOf(error, location)
      }
    },
    async find(work) {
      try {
        return await work(client)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw storeErrorOf(error, location)
      }
    },
    limits(bytes, abortSignal) {
      const requestTimeout = patience + (bytes / slowestUpload) * 1_000
      return abortSignal === undefined ? { requestTimeout } : { requestTimeout, abortSignal }
    },
  }
}

function clientConfig(options: S3Options, endpoint: string | undefined, patience: number): S3ClientConfig {
  const agent = { keepAlive: true, maxSockets: mostConnections }
  const region = options.region ?? (endpoint === undefined ? undefined : 'us-east-1')
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    forcePathStyle: options.pathStyle,
    followRegionRedirects: true,
    // Beyond what S3 requires, checksums are unknown to many stores, and presigned uploads would be bound to one.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK would open a connection of its own for every upload that waits for a 100.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: connectionLimit,
      requestTimeout: patience,
      throwOnRequestTimeout: true,
      // A download waits for its reader, who may be slower than any limit of a silent socket.
      socketTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
  }
}
