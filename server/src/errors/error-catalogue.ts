/**
 * Every error this server can answer with, in both renderings.
 *
 * `mlflow` follows MLflow 3.17.0 (error code, HTTP status, and the `sqlstate` / `error_class` pair that newer servers
 * add for some codes); `oci` follows the AIDP MLOps API 20260430.
 */
export interface ErrorRendering {
  readonly mlflow: {
    readonly errorCode: string
    readonly status: number
    readonly sqlstate?: string
    readonly errorClass?: string
  }
  readonly oci: {
    readonly code: string
    readonly status: number
    /** MLflow's code in AIDP's dialect, where it is not the one above. */
    readonly errorCode?: string
    /** Oracle's code in MLflow's dialect, where it is not the one above. */
    readonly codeInMlflow?: string
  }
  /** How loudly an occurrence is logged: client mistakes are `debug`, our own faults `error`. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

const internal = { sqlstate: 'XXM00', errorClass: 'CLIENT_INTERNAL_ERROR' } as const
const invalid = { sqlstate: 'KAM00', errorClass: 'INVALID_PARAMETER_VALUE' } as const
const missing = { sqlstate: 'KAM00', errorClass: 'RESOURCE_NOT_FOUND' } as const
const denied = { sqlstate: 'KAM00', errorClass: 'PERMISSION_DENIED' } as const

const errorCatalogue = {
  'missing-parameter': {
    mlflow: { errorCode: 'INVALID_PARAMETER_VALUE', status: 400, ...invalid },
    oci: { code: 'MissingParameter', status: 400 },
    logLevel: 'debug',
  },
  /** The body is no JSON object, or says that it is something else. */
  'cannot-parse': {
    mlflow: { errorCode: 'INVALID_PARAMETER_VALUE', status: 400, ...invalid },
    oci: { code: 'CannotParseRequest', status: 400 },
    logLevel: 'debug',
  },
  'invalid-parameter': {
    mlflow: { errorCode: 'INVALID_PARAMETER_VALUE', status: 400, ...invalid },
    oci: { code: 'InvalidParameter', status: 400 },
    logLevel: 'debug',
  },
  'order-by-attribute-unknown': {
    mlflow: { errorCode: 'INVALID_PARAMETER_VALUE', status: 400, sqlstate: 'KAM04', errorClass: 'ATTRIBUTE_NOT_FOUND' },
    oci: { code: 'InvalidParameter', status: 400 },
    logLevel: 'debug',
  },
  'bad-request': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 400, ...invalid },
    oci: { code: 'InvalidParameter', status: 400, errorCode: 'INVALID_PARAMETER_VALUE' },
    logLevel: 'debug',
  },
  'already-exists': {
    mlflow: {
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      status: 400,
      sqlstate: 'KAM00',
      errorClass: 'RESOURCE_ALREADY_EXISTS',
    },
    oci: { code: 'NotAuthorizedOrResourceAlreadyExists', status: 409 },
    logLevel: 'debug',
  },
  /** A lasting conflict: a write to something deleted, a param with another value, a name taken on renaming. */
  conflict: {
    mlflow: { errorCode: 'INVALID_PARAMETER_VALUE', status: 400, ...invalid },
    oci: { code: 'Conflict', status: 409 },
    logLevel: 'debug',
  },
  /** Renaming to a name that is taken. */
  'name-taken': {
    mlflow: {
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      status: 400,
      sqlstate: 'KAM00',
      errorClass: 'RESOURCE_ALREADY_EXISTS',
    },
    oci: { code: 'Conflict', status: 409 },
    logLevel: 'debug',
  },
  /** The same, where MLflow meets a constraint of its database. */
  'name-taken-by-constraint': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 400, ...invalid },
    oci: { code: 'Conflict', status: 409, errorCode: 'RESOURCE_ALREADY_EXISTS' },
    logLevel: 'debug',
  },
  /** A state that passes by itself; clients of Oracle's API try again. */
  'incorrect-state': {
    mlflow: { errorCode: 'RESOURCE_CONFLICT', status: 409 },
    oci: { code: 'IncorrectState', status: 409 },
    logLevel: 'debug',
  },
  /** Something that the body names beside the operation's own target is absent or not the caller's. */
  'related-not-found': {
    mlflow: { errorCode: 'RESOURCE_DOES_NOT_EXIST', status: 404, ...missing },
    oci: { code: 'RelatedResourceNotAuthorizedOrNotFound', status: 400 },
    logLevel: 'debug',
  },
  'not-found': {
    mlflow: { errorCode: 'RESOURCE_DOES_NOT_EXIST', status: 404, ...missing },
    oci: { code: 'NotAuthorizedOrNotFound', status: 404 },
    logLevel: 'debug',
  },
  'route-not-found': {
    mlflow: { errorCode: 'ENDPOINT_NOT_FOUND', status: 404, ...missing },
    oci: { code: 'NotFound', status: 404 },
    logLevel: 'debug',
  },
  'method-not-allowed': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 405, ...invalid },
    oci: { code: 'MethodNotAllowed', status: 405, errorCode: 'ENDPOINT_NOT_FOUND' },
    logLevel: 'debug',
  },
  'invalid-state': {
    mlflow: { errorCode: 'INVALID_STATE', status: 500, ...internal },
    oci: { code: 'Conflict', status: 409, errorCode: 'INVALID_PARAMETER_VALUE' },
    logLevel: 'debug',
  },
  /** A retry token that came with another body before. */
  'retry-token-reused': {
    mlflow: { errorCode: 'RESOURCE_CONFLICT', status: 409 },
    oci: { code: 'Conflict', status: 409 },
    logLevel: 'info',
  },
  /** What the request with the retry token has created is gone. */
  'retry-token-invalidated': {
    mlflow: { errorCode: 'RESOURCE_CONFLICT', status: 409 },
    oci: { code: 'InvalidatedRetryToken', status: 409 },
    logLevel: 'info',
  },
  'no-etag-match': {
    mlflow: { errorCode: 'RESOURCE_CONFLICT', status: 412 },
    oci: { code: 'NoEtagMatch', status: 412 },
    logLevel: 'debug',
  },
  'request-timeout': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 408, ...invalid },
    oci: { code: 'RequestTimeout', status: 408 },
    logLevel: 'info',
  },
  'headers-too-large': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 431, ...invalid },
    oci: { code: 'RequestHeaderFieldsTooLarge', status: 431 },
    logLevel: 'info',
  },
  'not-authenticated': {
    mlflow: { errorCode: 'UNAUTHENTICATED', status: 401 },
    oci: { code: 'NotAuthenticated', status: 401 },
    logLevel: 'info',
  },
  'permission-denied': {
    mlflow: { errorCode: 'PERMISSION_DENIED', status: 403, ...denied },
    oci: {
      code: 'NotAuthorizedOrNotFound',
      status: 404,
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      codeInMlflow: 'NotAuthorized',
    },
    logLevel: 'info',
  },
  'not-implemented': {
    mlflow: { errorCode: 'NOT_IMPLEMENTED', status: 501 },
    oci: { code: 'MethodNotImplemented', status: 501 },
    logLevel: 'debug',
  },
  'payload-too-large': {
    mlflow: { errorCode: 'BAD_REQUEST', status: 413, ...invalid },
    oci: { code: 'PayloadTooLarge', status: 413, errorCode: 'INVALID_PARAMETER_VALUE' },
    logLevel: 'info',
  },
  overloaded: {
    mlflow: { errorCode: 'REQUEST_LIMIT_EXCEEDED', status: 429 },
    oci: { code: 'TooManyRequests', status: 429 },
    logLevel: 'warn',
  },
  unavailable: {
    mlflow: { errorCode: 'TEMPORARILY_UNAVAILABLE', status: 503, ...internal },
    oci: { code: 'ServiceUnavailable', status: 503 },
    logLevel: 'warn',
  },
  /** MLflow answers some refusals of correct-looking requests with INTERNAL_ERROR; this is that answer, not a fault of ours. */
  'internal-refusal': {
    mlflow: { errorCode: 'INTERNAL_ERROR', status: 500, ...internal },
    oci: { code: 'InvalidParameter', status: 400, errorCode: 'INVALID_PARAMETER_VALUE' },
    logLevel: 'debug',
  },
  internal: {
    mlflow: { errorCode: 'INTERNAL_ERROR', status: 500, ...internal },
    oci: { code: 'InternalServerError', status: 500 },
    logLevel: 'error',
  },
} as const satisfies Record<string, ErrorRendering>

export type ErrorCode = keyof typeof errorCatalogue

/** The catalogue entry of a code, typed as the general rendering. */
export function renderingOf(code: ErrorCode): ErrorRendering {
  return errorCatalogue[code]
}
