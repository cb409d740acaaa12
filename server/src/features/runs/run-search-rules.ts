import { invalidParameter, wrongType } from '../../errors/errors.ts'

/** MLflow 3.17.0. */
const defaultPageSize = 1000
const greatestPageSize = 50_000

/**
 * How many runs a page of a search holds. MLflow checks this before page token, filter, order and experiments.
 *
 * @throws AppError `invalid-parameter`
 */
export function pageSize(maxResults: number = defaultPageSize): number {
  if (maxResults > greatestPageSize) throw wrongType('max_results', maxResults)
  if (maxResults < 1) {
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer`,
      { field: 'max_results' },
    )
  }
  return maxResults
}
