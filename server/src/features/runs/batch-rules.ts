import { invalidParameter } from '../../errors/errors.ts'
import { pythonStringRepr } from '../../lib/python-repr.ts'

const metricsPerBatch = 1000
const paramsPerBatch = 100
const tagsPerBatch = 100
const entitiesPerBatch = 1000

/**
 * How much one log-batch may hold (MLflow 3.17.0).
 *
 * @throws AppError `invalid-parameter`
 */
export function checkBatchSize(metrics: number, params: number, tags: number): void {
  refuseMoreThan(metricsPerBatch, 'metrics', metrics)
  refuseMoreThan(paramsPerBatch, 'params', params)
  refuseMoreThan(tagsPerBatch, 'tags', tags)
  refuseMoreThan(entitiesPerBatch, 'metrics, params, and tags', metrics + params + tags)
}

function refuseMoreThan(limit: number, what: string, count: number): void {
  if (count <= limit) return
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  )
}

/**
 * A batch names each param once, even with equal values (MLflow 3.17.0).
 *
 * @throws AppError `invalid-parameter`
 */
export function checkParamsDistinct(params: readonly { readonly key: string }[]): void {
  const seen = new Set<string>()
  const repeated: string[] = []
  for (const { key } of params) {
    if (seen.has(key)) repeated.push(pythonStringRepr(key))
    else seen.add(key)
  }
  if (repeated.length === 0) return
  throw invalidParameter(
    `Duplicate parameter keys have been submitted: [${repeated.join(', ')}]. ` +
      'Please ensure the request contains only one param value per param key.',
    { field: 'params' },
  )
}
