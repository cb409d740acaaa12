import { alreadyExists, invalidParameter } from '../../errors/errors.ts'
import { type Int64, int64Max } from '../../lib/int64.ts'

/** Characters, not bytes (MLflow 3.17.0). */
export const experimentNameLimit = 500
export const experimentTagValueLimit = 20_000
/** Tags under which MLflow's UI keeps saved views of an experiment. */
export const customViewTagPrefix = 'mlflow.customView.view'
export const customViewLimit = 50

/**
 * The number in an experiment id.
 *
 * @throws AppError `invalid-parameter` when the text is no integer
 */
export function experimentNumber(id: string): Int64 {
  if (!/^\s*[+-]?\d+\s*$/.test(id)) {
    throw invalidParameter(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`, {
      field: 'experiment_id',
    })
  }
  const number = BigInt(id.trim())
  const small = Number(number)
  if (Number.isSafeInteger(small)) return small
  return number > int64Max || number < -int64Max ? -1 : number
}

/** @throws AppError `invalid-parameter` when the name is too long */
export function checkExperimentName(name: string): void {
  if (characterCount(name) > experimentNameLimit) {
    throw invalidParameter(`'name' exceeds the maximum length of ${experimentNameLimit} characters`, { field: 'name' })
  }
}

export function experimentNameTaken(name: string): Error {
  return alreadyExists(`Experiment(name=${name}) already exists.`)
}

/** Unicode code points, which is what MLflow counts. */
export function characterCount(text: string): number {
  if (text.length <= 1) return text.length
  let surrogatePairs = 0
  for (const _ of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) surrogatePairs++
  return text.length - surrogatePairs
}
