import { AppError, type ErrorDetails } from './app-error.ts'

const seeDocs = 'See the API docs for more information about request parameters.'

/** A required field is absent, empty or null (wording as MLflow 3.17.0). */
export function missingParameter(field: string): AppError {
  return new AppError('missing-parameter', `Missing value for required parameter '${field}'. ${seeDocs}`, { field })
}

/** The body is no JSON object, or its content type is not JSON. */
export function cannotParse(message: string): AppError {
  return new AppError('cannot-parse', message)
}

/** A value breaks a rule; `message` says which. */
export function invalidParameter(message: string, details?: ErrorDetails): AppError {
  return new AppError('invalid-parameter', message, details)
}

/**
 * A field has the wrong JSON type (wording as MLflow 3.17.0: the value as compact JSON, then the Python name of its type).
 */
export function wrongType(field: string, value: unknown): AppError {
  const text = JSON.stringify(value)
  const hint = `Hint: Value was of type '${pythonTypeName(value)}'.`
  return new AppError(
    'invalid-parameter',
    `Invalid value ${text} for parameter '${field}' supplied:  ${hint} ${seeDocs}`,
    {
      field,
    },
  )
}

/** Throws `invalid-parameter` when a rule has found a problem; `problem` is its text. */
export function refuseInvalid(problem: string | undefined): void {
  if (problem !== undefined) throw invalidParameter(problem)
}

/** What a database constraint refuses in MLflow and no handler translates: BAD_REQUEST. */
export function badRequest(message: string, details?: ErrorDetails): AppError {
  return new AppError('bad-request', message, details)
}

export function alreadyExists(message: string): AppError {
  return new AppError('already-exists', message)
}

/** A request meets a lasting state that forbids it (AIDP: 409 Conflict; MLflow: INVALID_PARAMETER_VALUE). */
export function conflict(message: string, details?: ErrorDetails): AppError {
  return new AppError('conflict', message, details)
}

/** Renaming to a name that something else has (AIDP: 409 Conflict; MLflow: RESOURCE_ALREADY_EXISTS). */
export function nameTaken(message: string): AppError {
  return new AppError('name-taken', message)
}

/** As `nameTaken`, where MLflow meets the constraint of its database (BAD_REQUEST). */
export function renamedToTaken(message: string): AppError {
  return new AppError('name-taken-by-constraint', message, { field: 'new_name' })
}

/** A state that passes by itself, such as a workspace that is not active yet. Never for a lasting one: clients try again. */
export function incorrectState(message: string): AppError {
  return new AppError('incorrect-state', message)
}

/** Something that the request names beside its target, such as the run of a new model version, is absent or not visible. */
export function relatedNotFound(message: string, field: string): AppError {
  return new AppError('related-not-found', message, { field })
}

export function notFound(message: string): AppError {
  return new AppError('not-found', message)
}

export function runNotFound(runId: string): AppError {
  return notFound(`Run with id=${runId} not found`)
}

export function experimentNotFound(experimentId: string): AppError {
  return notFound(`No Experiment with id=${experimentId} exists`)
}

/** Also for a workspace that the caller may not see. */
export function workspaceNotFound(workspaceKey: string, platformId: string): AppError {
  return notFound(`No workspace '${workspaceKey}' on platform '${platformId}'.`)
}

/** The caller sees the object, but may not do this to it; AIDP's dialect says that nothing is there. */
export function permissionDenied(message: string): AppError {
  return new AppError('permission-denied', message, { refused: true })
}

/** A write meets a deleted run (MLflow: INVALID_PARAMETER_VALUE). */
export function runNotActive(runId: string): AppError {
  return conflict(`The run ${runId} must be in the 'active' state. Current state is deleted.`)
}

/** A write meets a deleted experiment (MLflow: INVALID_PARAMETER_VALUE). */
export function experimentNotActive(experimentId: string): AppError {
  return conflict(`The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`)
}

/** MLflow answers INVALID_STATE (500) although the request is at fault, such as renaming a deleted experiment. */
export function invalidState(message: string): AppError {
  return new AppError('invalid-state', message)
}

/** MLflow answers INTERNAL_ERROR (500) although the request is at fault, such as duplicate order_by fields. */
export function internalError(message: string): AppError {
  return new AppError('internal-refusal', message)
}

/** Who makes the request is not known; the same text for every reason. */
export function notAuthenticated(): AppError {
  return new AppError(
    'not-authenticated',
    'Credentials are missing or not valid. Log in with an API token of this server: MLFLOW_TRACKING_TOKEN, or user name and token as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.',
  )
}

export function notImplemented(message: string): AppError {
  return new AppError('not-implemented', message)
}

export function payloadTooLarge(message: string): AppError {
  return new AppError('payload-too-large', message)
}

/** `opc-retry-token` came with another request body before. */
export function retryTokenReused(): AppError {
  return new AppError('retry-token-reused', 'The retry token belongs to a request with another body.')
}

/** What the first request with the retry token has created is gone. */
export function retryTokenInvalidated(): AppError {
  return new AppError(
    'retry-token-invalidated',
    'What the first request with this retry token has created does not exist any more. Use a new token.',
  )
}

/** The entity is not in the revision that `if-match` names. */
export function noEtagMatch(): AppError {
  return new AppError('no-etag-match', 'The etag in if-match is not that of the resource.')
}

/** A bounded queue is full; the client should try again after `retryAfterSeconds`. */
export function overloaded(message: string, retryAfterSeconds: number): AppError {
  return new AppError('overloaded', message, { retryAfterSeconds })
}

export function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('unavailable', message, { retryAfterSeconds: 1 }, cause)
}

function pythonTypeName(value: unknown): string {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'string':
      return 'str'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    default:
      return 'dict'
  }
}
