import type { ErrorCode } from './error-catalogue.ts'

/** Extra facts of an error: which request field broke which rule, how long to wait before trying again. */
export interface ErrorDetails {
  /** Path of the request field, such as `metrics[3].value`. */
  readonly field?: string
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** How MLflow's artifact proxy spells an error: without blanks, or as `{"detail": <message>}`. Its face alone differs. */
  readonly spelling?: 'compact' | 'detail'
  /** Refused for lack of a right, although the answer may say that nothing is there; for the audit log. */
  readonly refused?: true
}

/** The one error class that reaches clients. `message` is safe to show; `cause` is for the log only. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
}
