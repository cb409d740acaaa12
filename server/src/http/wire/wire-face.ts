import type { Dialect } from '../../contract/endpoint.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Int64 } from '../../lib/int64.ts'

/** What differs between the two faces of the server. */
export interface WireFace {
  readonly name: 'mlflow' | 'oci'
  /** @param dialect decides on the status where both faces have one */
  renderError(error: AppError, dialect: Dialect): { readonly status: number; readonly body: string }
  /** Headers of a successful answer, beside those that both faces have. */
  headersFor(answer: AnswerFacts): Record<string, string>
}

/** What of an answer goes into headers. */
export interface AnswerFacts {
  readonly revision?: Int64
  readonly nextPageToken?: string
  readonly asyncOperationKey?: string
  /** Path of what was created. */
  readonly location?: string
}
