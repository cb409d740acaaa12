import { AppError } from '../../errors/app-error.ts'
import { invalidParameter, notFound, unavailable } from '../../errors/errors.ts'

/** What the SDK and the system tell of a failed call. */
interface Failure {
  /** S3's code, such as `NoSuchKey`; else the name of the error. */
  readonly name: string
  /** The system's code, such as `ECONNREFUSED`. */
  readonly code: string | undefined
  readonly status: number | undefined
  readonly message: string
  readonly requestId: string | undefined
}

const refusals = new Set(
  (
    'AccessDenied,AllAccessDisabled,InvalidAccessKeyId,SignatureDoesNotMatch,ExpiredToken,InvalidToken,TokenRefreshRequired,' +
    'RequestTimeTooSkewed,CredentialsProviderError,AuthorizationHeaderMalformed'
  ).split(','),
)

/** Whether what was asked for is not there, as opposed to its bucket. */
export function isMissing(error: unknown): boolean {
  const { name, status } = failureOf(error)
  return name === 'NoSuchKey' || name === 'NotFound' || (status === 404 && name === 'Unknown')
}

/**
 * What the caller of a store is told about a failed call. Neither it nor its cause, which goes to the log, has anything of
 * the request in it, which is signed.
 *
 * @param location the store, such as `s3://bucket/prefix`
 * @returns `unavailable` for a store that cannot be reached, refuses this server, or fails; `invalid-parameter` for what no
 * store holds; `not-found` for an upload in parts that is gone
 */
export function storeErrorOf(error: unknown, location: string): AppError {
  if (error instanceof AppError) return error
  const failure = failureOf(error)
  const { name, code, status } = failure
  const store = `The artifact store ${location}`
  const cause = causeOf(failure)
  switch (name) {
    case 'ExistingObjectIsDirectory':
    case 'XMinioObjectExistsAsDirectory':
      return invalidParameter('Path refers to a directory, not a file')
    case 'ObjectParentIsFile':
    case 'XMinioParentIsObject':
      return invalidParameter('A part of the path is a file, not a directory')
    case 'KeyTooLongError':
      return invalidParameter('Path is too long for the artifact store')
    case 'NoSuchUpload':
      return notFound('No upload in parts has this id; it may have been completed or given up.')
    case 'InvalidPart':
    case 'InvalidPartOrder':
    case 'EntityTooSmall':
    case 'MalformedXML':
      return invalidParameter(`The artifact store does not take these parts (${name}).`, { field: 'parts' })
    case 'NoSuchBucket':
      return unavailable(`${store} does not exist: there is no such bucket.`, cause)
    case 'PreconditionFailed':
      return unavailable(`${store} has another artifact by now where this one was; try again.`, cause)
  }
  // The SDK calls lost connections time-outs as well.
  if (name === 'TimeoutError' && (code === undefined || code === 'ETIMEDOUT')) {
    return unavailable(`${store} does not answer in time.`, cause)
  }
  if (refusals.has(name) || status === 401 || status === 403) {
    return unavailable(
      `${store} refuses this server's credentials (${status === undefined ? name : `${status} ${name}`}).`,
      cause,
    )
  }
  if (status === undefined) return unavailable(`${store} cannot be reached (${code ?? name}).`, cause)
  return unavailable(`${store} failed (${status} ${name}).`, cause)
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error))
    return { name: 'Error', code: undefined, status: undefined, message: '', requestId: undefined }
  const { name, message } = error
  const { code, $metadata } = error as {
    code?: unknown
    $metadata?: { httpStatusCode?: number; requestId?: string }
  }
  return {
    name,
    message,
    code: typeof code === 'string' ? code : undefined,
    status: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId,
  }
}

/** The error without its fields: S3 sends back what it was asked, access key and signature included. */
function causeOf({ name, message, code, status, requestId }: Failure): Error {
  const facts = [status, code, requestId === undefined ? undefined : `request ${requestId}`].filter(
    (fact) => fact !== undefined,
  )
  return new Error(`${name}: ${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`)
}
