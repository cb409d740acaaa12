import { invalidParameter, refuseInvalid } from '../../errors/errors.ts'
import {
  cutToLength,
  invalidValue,
  isAllowedName,
  lengthProblem,
  maxKeyLength,
  nameProblem,
} from '../../lib/entity-name-rules.ts'
import type { Int64 } from '../../lib/int64.ts'
import { formatPythonFloat } from '../../lib/python-float.ts'

/** The tag that holds a run's name; setting it renames the run. */
export const runNameTag = 'mlflow.runName'

/** Characters; longer values are cut and the request is taken (MLflow 3.17.0). */
const paramValueLimit = 6000
const tagValueLimit = 8000

const runIdPattern = /^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}\n?$/u
const greatestDouble = Number.MAX_VALUE

interface Text {
  readonly key: string
  readonly value: string
}

/**
 * MLflow's rule for one value of a metric.
 *
 * @param index its place in a batch, which the texts then name
 * @throws AppError `invalid-parameter`
 */
export function checkMetric(key: string, value: number, timestamp: Int64, index?: number): void {
  // A batch holds a thousand of these: the texts are made only when one is needed.
  if (isAllowedName(key) && timestamp >= 0 && key.length <= maxKeyLength) return
  const path = index === undefined ? '' : `metrics[${index}].`
  refuseInvalid(nameProblem(`${path}name`, key))
  if (timestamp < 0) {
    throw invalidParameter(
      `Invalid value ${timestamp} for parameter '${path}timestamp' supplied: metric '${key}' ` +
        `(value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
      { field: `${path}timestamp` },
    )
  }
  refuseInvalid(lengthProblem('Metric name', key, maxKeyLength))
}

/**
 * MLflow's rule for a param.
 *
 * @returns the param with its value cut to the limit
 * @throws AppError `invalid-parameter`
 */
export function checkParam(key: string, value = '', path = ''): Text {
  refuseInvalid(nameProblem(`${path}key`, key) ?? lengthProblem('Param key', key, maxKeyLength))
  return { key, value: cutToLength(value, paramValueLimit) }
}

/**
 * MLflow's rule for a tag of a run.
 *
 * @returns the tag with its value cut to the limit
 * @throws AppError `invalid-parameter`
 */
export function checkTag(key: string, value = '', path = ''): Text {
  refuseInvalid(nameProblem(`${path}key`, key) ?? lengthProblem(`${path}key`, key, maxKeyLength))
  return { key, value: cutToLength(value, tagValueLimit) }
}

/**
 * Some operations check the form of a run id before they look for the run.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkRunIdForm(runId: string): void {
  if (!runIdPattern.test(runId)) throw invalidParameter(invalidValue('run_id', runId), { field: 'run_id' })
}

/** An infinite value is stored as the greatest double of its sign. */
export function clampInfinity(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return greatestDouble
  if (value === Number.NEGATIVE_INFINITY) return -greatestDouble
  return value
}

/** How Python prints a float in a message. */
function pythonFloat(value: number): string {
  if (Number.isFinite(value)) return formatPythonFloat(value)
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}
