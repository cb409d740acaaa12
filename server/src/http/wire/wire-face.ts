import type { AppError } from '../../errors/app-error.ts'
import type { Int64 } from '../../lib/int64.ts'

/** What differs between the two faces of the server. */
export interface WireFace {
  readonly name: 'mlflow' | 'oci'
  renderError(error: AppError): { readonly status: number; readonly body: string }
  /** Headers of a successful answer, beside those that both faces have. */
  headersFor(answer: { readonly revision?: Int64; readonly nextPageToken?: string }): Record<string, string>
}
