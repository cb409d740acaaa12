import { alreadyExists, invalidParameter } from '../../errors/errors.ts'
import { lengthProblem, maxKeyLength, nameProblem } from '../../lib/entity-name-rules.ts'
import { firstExperimentOf } from '../../lib/experiment-number.ts'
import { type Int64, int64Max } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** Characters, not bytes (MLflow 3.17.0). */
const experimentNameLimit = 500
const experimentTagValueLimit = 20_000
/** Tags under which MLflow's UI keeps saved views of an experiment. */
export const customViewTagPrefix = 'mlflow.customView.view'
export const customViewLimit = 50

/**
 * The number in an experiment id. `0` means the experiment Default of every workspace.
 *
 * @throws AppError `invalid-parameter` when the text is no integer
 */
export function experimentNumber(id: string, tenant: Tenant): Int64 {
  if (!/^\s*[+-]?\d+\s*$/.test(id)) {
    throw invalidParameter(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`, {
      field: 'experiment_id',
    })
  }
  const number = BigInt(id.trim())
  if (number === 0n) return firstExperimentOf(tenant)
  const small = Number(number)
  if (Number.isSafeInteger(small)) return small
  return number > int64Max || number < -int64Max ? -1 : number
}

/** @throws AppError `invalid-parameter` when the name is too long */
export function checkExperimentName(name: string): void {
  const wrong = lengthProblem('name', name, experimentNameLimit)
  if (wrong !== undefined) throw invalidParameter(wrong, { field: 'name' })
}

/**
 * The tags that a bulk update sets and those that it removes.
 *
 * @throws AppError `invalid-parameter` for a key that is named twice (D41)
 */
export function refuseKeysNamedTwice(set: readonly { readonly key: string }[], removed: readonly string[]): void {
  const keys = new Set<string>()
  for (const key of [...set.map((tag) => tag.key), ...removed]) {
    if (keys.has(key)) throw invalidParameter(`The tag '${key}' is named twice.`, { field: 'set_tags' })
    keys.add(key)
  }
}

export function experimentNameTaken(name: string): Error {
  return alreadyExists(`Experiment(name=${name}) already exists.`)
}

/**
 * MLflow's rule for tags of experiments, which are never cut.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkExperimentTag(key = '', value = ''): { readonly key: string; readonly value: string } {
  const wrong =
    nameProblem('key', key) ??
    lengthProblem('key', key, maxKeyLength) ??
    lengthProblem('value', value, experimentTagValueLimit)
  if (wrong !== undefined) throw invalidParameter(wrong, { field: 'tags' })
  if (key === archivalRetentionTag) checkArchivalDuration(value, 'value', 'duration')
  if (key === archiveNowTag) checkArchivalDuration(value, 'older_than')
  return { key, value }
}

/** Tags by which MLflow's UI asks for the archival of traces; their value is a small JSON document. */
const archivalRetentionTag = 'mlflow.trace.archivalRetention'
const archiveNowTag = 'mlflow.trace.archiveNow'

/** @param type what the document must say it is; without one the duration may be left out */
function checkArchivalDuration(text: string, durationKey: string, type?: string): void {
  const document = jsonObject(text)
  if (document === undefined) throw invalidParameter('Trace archival config must be encoded as a JSON object.')
  if (type !== undefined && document['type'] !== type) {
    throw invalidParameter(`Trace archival config must use type '${type}'.`)
  }
  const duration = document[durationKey]
  if ((duration === undefined || duration === null) && type === undefined) return
  if (typeof duration !== 'string' || !/^\d{1,31}[mhd]$/.test(duration.trim())) {
    throw invalidParameter(
      "Trace archival retention must be in the form `<int><unit>`, where unit is one of 'm', 'h', or 'd'.",
    )
  }
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Experiments that one search may name (D22). */
const mostExperimentIds = 10_000

/** @throws AppError `invalid-parameter` when a search names more than 10,000 experiments */
export function checkExperimentIds(ids: readonly string[]): void {
  if (ids.length <= mostExperimentIds) return
  throw invalidParameter(`A search may name at most ${mostExperimentIds} experiments; these are ${ids.length}.`, {
    field: 'experiment_ids',
  })
}
